//! The words of the dialog that shares: they are loaded with it, not with the page.

use super::quoted;
use crate::view::words::Lang;

macro_rules! texts {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        /// The words of the dialog as a JSON object.
        pub fn texts(lang: Lang) -> String {
            let all = [$((stringify!($name), $zh, $en)),*];
            let pair = |(name, zh, en): (&str, &str, &str)| {
                format!("{}:{}", quoted(name), quoted(if lang == Lang::Zh { zh } else { en }))
            };
            format!("{{{}}}", all.map(pair).join(","))
        }
    };
}

texts! {
    title: "分享这一刻", "Share this moment";
    close: "关闭", "Close";
    link: "链接", "Link";
    link_hint: "链接里就是整个过程：起点、每一步操作、时刻和视图。", "The link holds the whole session: where it starts, what was done, the moment and the view.";
    long: "这个链接很长，有的聊天工具会截断它；可以改存成文件。", "This link is long: some programs cut it. It can be saved as a file instead.";
    copy: "复制", "Copy";
    copied: "已复制", "Copied";
    copy_self: "请按 Ctrl+C 复制选中的文字。", "Press Ctrl+C to copy the selected text.";
    embed: "嵌入讲义", "Embed in notes";
    place: "写在哪里", "Written for";
    save: "保存", "Save";
    file: "链接文件", "Link as a file";
    picture_svg: "图片 SVG", "Picture, SVG";
    picture_png: "图片 PNG", "Picture, PNG";
    history_svg: "历史图 SVG", "History, SVG";
    film: "视频 WebM", "Film, WebM";
    film_busy: "正在录制…", "Recording…";
    film_none: "这个浏览器不能录制视频。", "This browser cannot record.";
    mermaid: "Mermaid 时序图", "Mermaid sequence diagram";
    shiviz: "ShiViz 日志", "ShiViz log";
    markdown: "事件日志 Markdown", "Event log, Markdown";
    qr: "二维码", "QR code";
    qr_none: "链接太长，放不进二维码。", "The link is too long for a QR code.";
    failed: "没有做成：", "That did not work: ";
}
