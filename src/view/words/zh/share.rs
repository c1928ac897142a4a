//! The dialog that shares, in Chinese.

use crate::view::words::ShareWords;

pub(in crate::view::words) static SHARE: ShareWords = ShareWords {
    title: "分享这一刻",
    close: "关闭",
    link: "链接",
    link_hint: "链接里就是整个过程：起点、每一步操作、时刻和视图。",
    no_site: "这一份没有别人能打开的网址：请把 https://HOST/ 换成你自己的。",
    long: "这个链接很长，有的聊天工具会截断它；可以改存成文件。",
    copy: "复制",
    copied: "已复制",
    copy_self: "请按 Ctrl+C 复制选中的文字。",
    embed: "嵌入讲义",
    place: "写在哪里",
    save: "保存",
    file: "链接文件",
    picture_svg: "图片 SVG",
    picture_png: "图片 PNG",
    history_svg: "历史图 SVG",
    film: "视频 WebM",
    film_busy: "正在录制…",
    film_none: "这个浏览器不能录制视频。",
    mermaid: "Mermaid 时序图",
    shiviz: "ShiViz 日志",
    markdown: "事件日志 Markdown",
    qr: "二维码",
    qr_none: "链接太长，放不进二维码。",
    no_save: "如果没有存下文件，是外面的页面不允许：请在单独的标签页里打开实验室再保存。",
    failed: "没有做成：",
    snippet_title: "交互演示：Redis 主从复制",
};
