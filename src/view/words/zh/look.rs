//! The stage, the ring and the inspector, in Chinese.

use crate::sim::{CloseReason, PacketKind, What};
use crate::view::flights::kind;
use crate::view::format::{grouped, span};
use crate::view::words::{Look, Who};

pub(super) static LOOK: Look = Look {
    theme_contrast: "高对比",
    full_screen: "全屏",
    tidy: "摆整齐",
    tidy_hint: "把拖动过、放大过的画面摆回原样",
    as_ring: "看成环",
    as_tape: "拉直成带",
    ring_node: "看哪个节点的 backlog",
    ring_asked: |node, n| format!("{node} 要补的 {} 字节", grouped(n)),
    ring_laps: |n| format!("写头已绕 {} 圈", grouped(n)),
    ring_free: "还没写到",
    tape_bracket: |from, to| format!("backlog 里有 {}–{}", grouped(from), grouped(to)),
    list_arcs: "backlog 里的命令",

    paused: "进程暂停",
    lag_for: |of| format!("落后 {}", span(of)),
    buffers: "复制缓冲",
    mode_up: "接通",
    mode_cut: "剪断，两端立刻知道",
    mode_silent: "无声丢失，两端都不知道",
    mode_hold: "扣住，接通后再按序送达",
    mode_one_way: |to| format!("只丢发往{to}的字节"),
    switch_silent: "无声",
    switch_one_way: "单向",
    switch_hold: "扣住",
    link_menu: |a, b| format!("链路 {a}–{b}：更多"),
    link_title: |a, b| format!("链路 {a}–{b}"),
    link_to: |node| format!("到{node}的链路"),
    latency: "单程延迟",
    bandwidth: "带宽",
    bandwidth_to: |rate| format!("带宽改为 {} B/s", grouped(rate)),

    menu: "可以做的事",
    leads: "相关",
    kill: "杀掉进程",
    restart: "重启，带 RDB",
    restart_empty: "重启，丢掉 RDB",
    pause: "暂停进程",
    resume: "继续进程",
    replicaof: |node| format!("REPLICAOF {node}"),
    replid2: "第二复制 ID",

    event: "事件",
    not_yet: "在此刻，这件事还没有发生",
    arrived: "到达于",
    held: "等在发送方",
    applied: "执行",
    nobody_yet: "还没有",
    written: "写入流",
    stream_bytes: |from, to| format!("流中的字节 {}–{}", grouped(from), grouped(to)),
    hex: "十六进制",
    page: |from, to, all| {
        format!("第 {}–{} 字节，共 {}", grouped(from as u64), grouped(to as u64), grouped(all as u64))
    },
    previous: "前一页",
    next: "后一页",
    why: "为什么？",
    why_title: "因为",
    why_first: "再往前没有原因：时间到了，或是有人动手。",
    why_more: |n| format!("更早还有 {n} 步"),
    happened,
    hand: |what| format!("有人动手：{what}"),

    twin_links: "链路",
    twin_clients: "客户端",
    no_packets: "途中没有包",
};

fn happened(what: &What, Who { node, peer }: Who<'_>) -> String {
    match what {
        What::Sent(sent) => {
            format!("{node}发给{peer}：{}，{} 字节", packet(sent.kind), grouped(sent.bytes.len() as u64))
        }
        What::Delivered { kind, len, .. } => {
            format!("{node}收到{peer}发来的：{}，{} 字节", packet(*kind), grouped(u64::from(*len)))
        }
        What::Lost { .. } => format!("{node}发出的包丢了"),
        What::Dialled { .. } => format!("{node}连接 {peer}"),
        What::Opened { .. } => format!("{node}与{peer}的连接建立"),
        What::Closed { why, .. } => format!("{node}得知与{peer}的连接没了：{}", close(*why)),
        What::Hung { .. } => format!("{node}主动断开与{peer}的连接"),
        What::ClientReply { took, .. } => format!("{node}收到答复，用时 {}", span(*took)),
        What::RdbSaved { bytes } => format!("{node}写好 RDB 文件，{} 字节", grouped(*bytes)),
        What::Down => format!("{node}的进程结束"),
        What::Up { rdb: Some(bytes), .. } => {
            format!("{node}的进程启动，读到 {} 字节的 RDB 文件", grouped(*bytes))
        }
        What::Up { rdb: None, .. } => format!("{node}的进程启动，没有 RDB 文件"),
        What::BadRdb(error) => format!("{node}的 RDB 文件读不了：{error}"),
        What::Paused => format!("{node}的进程暂停"),
        What::Resumed => format!("{node}的进程继续"),
        other => other.to_string(),
    }
}

fn packet(of: PacketKind) -> &'static str {
    kind(of).map_or("TCP", super::WORDS.packet_kind)
}

fn close(why: CloseReason) -> &'static str {
    match why {
        CloseReason::ByPeer => "对方关闭",
        CloseReason::Reset => "被重置",
        CloseReason::LinkCut => "链路剪断",
        CloseReason::Refused => "没人监听",
        CloseReason::Unreachable => "到不了",
    }
}
