//! The words of the stage, the ring and the inspector.

use super::Who;
use crate::redis::Span;
use crate::sim::{CloseReason, What};
use crate::view::format::{grouped, span};

/// The texts of the pictures and the inspector in one language.
#[allow(missing_docs, reason = "the field names say where each text stands; the texts say the rest")]
#[derive(Debug)]
pub struct Look {
    pub theme_contrast: &'static str,
    pub full_screen: &'static str,
    pub tidy: &'static str,
    pub tidy_hint: &'static str,
    pub as_ring: &'static str,
    pub as_tape: &'static str,
    pub ring_node: &'static str,
    pub ring_asked: fn(&str, u64) -> String,
    pub ring_laps: fn(u64) -> String,
    pub ring_free: &'static str,
    pub tape_bracket: fn(u64, u64) -> String,
    pub list_arcs: &'static str,

    pub paused: &'static str,
    pub lag_for: fn(Span) -> String,
    pub buffers: &'static str,
    pub mode_up: &'static str,
    pub mode_cut: &'static str,
    pub mode_silent: &'static str,
    pub mode_hold: &'static str,
    pub mode_one_way: fn(&str) -> String,
    pub switch_silent: &'static str,
    pub switch_one_way: &'static str,
    pub switch_hold: &'static str,
    pub link_menu: fn(&str, &str) -> String,
    pub link_title: fn(&str, &str) -> String,
    pub link_to: fn(&str) -> String,
    pub latency: &'static str,
    pub bandwidth: &'static str,
    pub bandwidth_to: fn(u64) -> String,

    pub menu: &'static str,
    pub leads: &'static str,
    pub kill: &'static str,
    pub restart: &'static str,
    pub restart_empty: &'static str,
    pub pause: &'static str,
    pub resume: &'static str,
    pub replicaof: fn(&str) -> String,
    pub replid2: &'static str,

    pub event: &'static str,
    pub not_yet: &'static str,
    pub arrived: &'static str,
    pub held: &'static str,
    pub applied: &'static str,
    pub nobody_yet: &'static str,
    pub written: &'static str,
    pub stream_bytes: fn(u64, u64) -> String,
    pub hex: &'static str,
    pub page: fn(usize, usize, usize) -> String,
    pub previous: &'static str,
    pub next: &'static str,
    pub why: &'static str,
    pub why_title: &'static str,
    pub why_first: &'static str,
    pub why_more: fn(usize) -> String,
    pub happened: fn(&What, Who<'_>) -> String,
    pub hand: fn(&str) -> String,

    pub twin_links: &'static str,
    pub twin_clients: &'static str,
    pub no_packets: &'static str,
}

/// 中文。
pub(super) static ZH: Look = Look {
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
    happened: happened_zh,
    hand: |what| format!("有人动手：{what}"),

    twin_links: "链路",
    twin_clients: "客户端",
    no_packets: "途中没有包",
};

/// English.
pub(super) static EN: Look = Look {
    theme_contrast: "contrast",
    full_screen: "Full screen",
    tidy: "Tidy up",
    tidy_hint: "Undo dragging and zooming",
    as_ring: "as a ring",
    as_tape: "as a tape",
    ring_node: "Whose backlog",
    ring_asked: |node, n| format!("{} that {node} asks for", super::en::bytes_text(n)),
    ring_laps: |n| if n == 1 { "1 lap written".to_owned() } else { format!("{} laps written", grouped(n)) },
    ring_free: "never written",
    tape_bracket: |from, to| format!("backlog holds {}–{}", grouped(from), grouped(to)),
    list_arcs: "Commands in the backlog",

    paused: "process paused",
    lag_for: |of| format!("{} late", span(of)),
    buffers: "output buffers",
    mode_up: "up",
    mode_cut: "cut, both ends learn at once",
    mode_silent: "silent loss, nobody is told",
    mode_hold: "hold, deliver in order when up",
    mode_one_way: |to| format!("lose only bytes to {to}"),
    switch_silent: "silent",
    switch_one_way: "one-way",
    switch_hold: "hold",
    link_menu: |a, b| format!("link {a}–{b}: more"),
    link_title: |a, b| format!("Link {a}–{b}"),
    link_to: |node| format!("link to {node}"),
    latency: "one-way delay",
    bandwidth: "bandwidth",
    bandwidth_to: |rate| format!("bandwidth {} B/s", grouped(rate)),

    menu: "What can be done",
    leads: "See also",
    kill: "Kill the process",
    restart: "Restart with its RDB",
    restart_empty: "Restart without RDB",
    pause: "Pause the process",
    resume: "Resume the process",
    replicaof: |node| format!("REPLICAOF {node}"),
    replid2: "second replication id",

    event: "event",
    not_yet: "At this instant, that has not happened yet",
    arrived: "arrived",
    held: "waits at its sender",
    applied: "executed",
    nobody_yet: "not yet",
    written: "put into the stream",
    stream_bytes: |from, to| format!("Stream bytes {}–{}", grouped(from), grouped(to)),
    hex: "hexadecimal",
    page: |from, to, all| {
        format!("bytes {}–{} of {}", grouped(from as u64), grouped(to as u64), grouped(all as u64))
    },
    previous: "Previous page",
    next: "Next page",
    why: "Why?",
    why_title: "Because",
    why_first: "Nothing forced that: a timer, or somebody’s hand.",
    why_more: |n| format!("{n} earlier steps"),
    happened: happened_en,
    hand: |what| format!("By hand: {what}"),

    twin_links: "Links",
    twin_clients: "Clients",
    no_packets: "No packet is in flight",
};

fn happened_zh(what: &What, Who { node, peer }: Who<'_>) -> String {
    match what {
        What::Sent(sent) => {
            format!("{node}发给{peer}：{}，{} 字节", sent.kind, grouped(sent.bytes.len() as u64))
        }
        What::Delivered { kind, len, .. } => format!("{node}收到{peer}的 {kind}，{len} 字节"),
        What::Lost { .. } => format!("{node}发出的包丢了"),
        What::Dialled { .. } => format!("{node}连接 {peer}"),
        What::Opened { .. } => format!("{node}与{peer}的连接建立"),
        What::Closed { why, .. } => format!("{node}得知与{peer}的连接没了：{}", close_zh(*why)),
        What::Hung { .. } => format!("{node}主动断开与{peer}的连接"),
        What::ClientReply { took, .. } => format!("{node}收到答复，用时 {}", span(*took)),
        What::RdbSaved { bytes } => format!("{node}写好 RDB 文件，{} 字节", grouped(*bytes)),
        What::Down => format!("{node}的进程结束"),
        What::Up { rdb: Some(bytes) } => {
            format!("{node}的进程启动，读到 {} 字节的 RDB 文件", grouped(*bytes))
        }
        What::Up { rdb: None } => format!("{node}的进程启动，没有 RDB 文件"),
        What::BadRdb(error) => format!("{node}的 RDB 文件读不了：{error}"),
        What::Paused => format!("{node}的进程暂停"),
        What::Resumed => format!("{node}的进程继续"),
        other => other.to_string(),
    }
}

fn close_zh(why: CloseReason) -> &'static str {
    match why {
        CloseReason::ByPeer => "对方关闭",
        CloseReason::Reset => "被重置",
        CloseReason::LinkCut => "链路剪断",
        CloseReason::Refused => "没人监听",
        CloseReason::Unreachable => "到不了",
    }
}

fn happened_en(what: &What, Who { node, peer }: Who<'_>) -> String {
    match what {
        What::Sent(sent) => {
            format!("{node} sends {peer} {} of {} bytes", sent.kind, grouped(sent.bytes.len() as u64))
        }
        What::Delivered { kind, len, .. } => format!("{node} gets {kind} of {len} bytes from {peer}"),
        What::Lost { .. } => format!("a packet of {node} is lost"),
        What::Dialled { .. } => format!("{node} dials {peer}"),
        What::Opened { .. } => format!("{node} is connected with {peer}"),
        What::Closed { why, .. } => format!("{node} learns that {peer} is gone: {}", close_en(*why)),
        What::Hung { .. } => format!("{node} hangs up on {peer}"),
        What::ClientReply { took, .. } => format!("{node} has its reply after {}", span(*took)),
        What::RdbSaved { bytes } => format!("{node} has written an RDB file of {} bytes", grouped(*bytes)),
        What::Down => format!("{node}’s process ends"),
        What::Up { rdb: Some(bytes) } => {
            format!("{node}’s process starts with an RDB file of {} bytes", grouped(*bytes))
        }
        What::Up { rdb: None } => format!("{node}’s process starts without an RDB file"),
        What::BadRdb(error) => format!("{node} cannot read its RDB file: {error}"),
        What::Paused => format!("{node}’s process is paused"),
        What::Resumed => format!("{node}’s process goes on"),
        other => other.to_string(),
    }
}

fn close_en(why: CloseReason) -> &'static str {
    match why {
        CloseReason::ByPeer => "it closed the connection",
        CloseReason::Reset => "reset",
        CloseReason::LinkCut => "the link is cut",
        CloseReason::Refused => "nobody listens",
        CloseReason::Unreachable => "there is no way to it",
    }
}
