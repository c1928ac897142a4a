//! 中文。

mod lesson;
mod look;
mod share;
mod time;

pub(super) use share::SHARE;

use crate::redis::{Event, FullReason, LeaveReason, RefuseReason, ReplState};
use crate::sim::LinkMode;
use crate::view::flights::Kind;
use crate::view::format::{grouped, span};
use crate::view::params::Problem;
use crate::view::permalink::LinkError;
use crate::view::scene::{Name, Phase, Role};
use crate::view::status::{Fate, Outcome, Status};
use crate::view::words::{LinkChange, Who, Words};

pub(super) static WORDS: Words = Words {
    look: &look::LOOK,
    lesson: &lesson::LESSON,
    time: &time::TIME,
    language: "中文",
    switch_here: "中文：切换到中文",
    theme_label: |now| format!("明暗：{now}"),
    theme_auto: "跟随系统",
    theme_light: "浅色",
    theme_dark: "深色",
    page_title: "PSYNC Lab · 看见 Redis 主从复制",

    kicker: "一主两从 · 自由实验",
    heading: "剪断网络，再接上，会怎样？",
    intro: "主库把每条写命令传播给从库，也写进环形的 repl_backlog_buffer。点链路中间的开关剪断网络：缺的字节还在环里，就只补差额；已被覆盖，就只能全量复制。",

    now: "现在",
    ring: "环",
    ring_of: |node| format!("环 · {}的 repl_backlog_buffer", spaced(node)),
    bytes: |n| format!("{} 字节", grouped(n)),
    history: "历史",
    history_all: "全程",
    log: "事件",
    log_empty: "还没有事件。按播放键开始。",
    status: "此刻",
    verdict: "上一次 PSYNC 的答复",
    verdict_none: "还没有从库问过",
    verdict_from: |node| format!("答复{node}"),
    verdict_bytes: |from, bytes| format!("增量复制：从 {} 起补 {} 字节", grouped(from), grouped(bytes)),

    play: "播放",
    pause: "暂停",
    step: "进一步",
    step_hint: "走到下一个事件",
    step_back: "退一步",
    reset: "重来",
    speed: "速度",
    model_time: "模型时间",
    seek: "回看的时刻",
    back_to_now: "回到现在",

    client: "客户端",
    start_writes: "开始写",
    stop_writes: "停止写",
    rate: "每秒写几条",
    per_second: |rate| format!("{rate} 条/秒"),
    writes_stopped: "已停写",

    console: "控制台",
    console_node: "在哪个节点执行",
    console_input: "Redis 命令",
    console_run: "执行",
    console_pending: "等待答复…",
    console_lost: "连接断了，没有答复",
    console_hint: "例如 SET k1 hello，或 INFO replication",
    console_bad: "引号没有成对",

    node: |Name { role, tag }| match (role, tag) {
        (Role::Master, 'M') => "主库".to_owned(),
        (Role::Master, tag) => format!("主库 {tag}"),
        (Role::Replica, tag) => format!("从库 {tag}"),
        (Role::Down, tag) => format!("节点 {tag}"),
    },
    offset: "偏移量",
    no_keys: "还没有键",
    more_keys: |n| format!("另有 {n} 键"),
    stale: "旧值",
    reads_stale: " · 读到旧值",
    master_state: |online, all| match all {
        0 => "没有从库".to_owned(),
        all => format!("从库 {online}/{all} 在线"),
    },
    replica_state: |phase, lag| match phase {
        Phase::Online => format!("在线 · {}", lag_text(lag)),
        phase => phase_text(phase),
    },
    phase: |phase| match phase {
        Phase::Online => "在线",
        Phase::Offline => "断开",
        _ => "同步中",
    },
    lag: lag_text,
    node_down: "未运行",

    link_up: "接通",
    link_down: "已断",
    cut_link: |a, b| format!("剪断链路 {a}–{b}"),
    cut_for: |mode, of| {
        let word = if mode == LinkMode::Cut { "断网" } else { WORDS.mode(mode) };
        format!("{word} {}", span(of))
    },

    ring_none: "还没有从库连过来，backlog 还没建立",
    ring_wants: |node| format!("{}要的下一字节", spaced(node)),
    ring_lost: |n| format!("已被覆盖 {} 字节", grouped(n)),
    ring_oldest: |n| format!("环里最旧 {}", grouped(n)),
    ring_filled: |held, size| format!("{} / {} 字节", grouped(held), grouped(size)),
    overwritten: "已被覆盖",

    inspector: "检视",
    inspect_hint: "点一个包或节点，看它的字节。",
    close: "关闭",
    packet_kind: |kind| match kind {
        Kind::Command => "命令",
        Kind::Rdb => "RDB",
        Kind::Ack => "ACK",
        Kind::Heartbeat => "心跳",
        Kind::Handshake => "握手",
        Kind::Reply => "答复",
    },
    packet_lost: "已丢失",
    from_to: |from, to| format!("{from} → {to}"),
    sent_at: "发出",
    arrives_at: "到达",
    size: "大小",
    decoded: "内容",
    stream_range: "流中的字节",
    replid: "复制 ID",
    node_backlog: "backlog",
    node_replicas: "从库",
    node_phase: "状态",
    output_buffer: "复制缓冲区",
    acked: "已确认",

    twin_nodes: "节点",
    twin_packets: "途中的包",
    col_node: "节点",
    col_address: "地址",
    col_state: "状态",
    col_lag: "滞后",
    col_from: "从",
    col_to: "到",
    col_kind: "种类",

    full_reason,
    event,
    link_change: |change, a, b| match change {
        LinkChange::Cut => format!("{a} 与 {b} 之间的网络断了"),
        LinkChange::Healed => format!("{a} 与 {b} 之间的网络接上了"),
        LinkChange::Silent => format!("{a} 与 {b} 之间的字节开始无声地丢失"),
        LinkChange::OneWay => format!("{a} 发往 {b} 的字节开始无声地丢失"),
        LinkChange::Hold => format!("{a} 与 {b} 之间的字节停在路上"),
    },
    status_line,
    problem: |problem| match problem {
        Problem::Unknown(name) => format!("不认识 {name}，已忽略。"),
        Problem::Value { name, given, allowed } => {
            let is = if given.is_empty() { "" } else { "=" };
            format!("{name}{is}{given} 无效（可用：{allowed}），已忽略。")
        }
        Problem::More(n) => format!("网址里另有 {n} 处无效，已忽略。"),
        Problem::NoStep(step, steps) => {
            format!("这一课没有第 {step} 步，一共 {steps} 步；已打开最后一步。")
        }
        Problem::Lesson(name) => format!("课程 {name} 没有打开，一切保持原样。"),
        Problem::Link(error) => {
            let why = match error {
                LinkError::TooLong => "太长",
                LinkError::Damaged => "不完整，传送途中丢了或改了一部分",
                LinkError::Version(_) => "来自这个页面的更新版本",
                LinkError::Value => "含有不接受的数值",
                LinkError::Lesson => "属于这里没有的课程",
                LinkError::Work => "里的过程太长，无法重新运行",
            };
            format!("链接{why}。没有打开它，一切保持原样。")
        }
    },
    share: "分享",
    notice: "提示",
};

fn lag_text(lag: u64) -> String {
    if lag == 0 { "没有滞后".to_owned() } else { format!("滞后 {} 字节", grouped(lag)) }
}

fn phase_text(phase: Phase) -> String {
    match phase {
        Phase::Offline => "和主库断开，等待重连".to_owned(),
        Phase::Connecting => "正在连接主库".to_owned(),
        Phase::Handshake => "握手：PING、REPLCONF".to_owned(),
        Phase::Asking => "已发 PSYNC，等答复".to_owned(),
        Phase::WaitingForRdb => "等主库生成 RDB".to_owned(),
        Phase::Transfer { got, total: Some(total) } => {
            format!("接收 RDB {}/{} 字节", grouped(got), grouped(total))
        }
        Phase::Transfer { got, total: None } => format!("接收 RDB {} 字节", grouped(got)),
        Phase::Loading => "清空旧数据，加载 RDB".to_owned(),
        Phase::Online => "在线".to_owned(),
    }
}

fn full_reason(reason: &FullReason) -> String {
    match reason {
        FullReason::Asked => "从库自己要全量（没有可续的历史）".to_owned(),
        FullReason::UnknownId => "复制 ID 对不上".to_owned(),
        FullReason::PastSecondOffset { limit } => format!("旧复制 ID 只到字节 {}", grouped(limit.get())),
        FullReason::NoBacklog => "主库没有 backlog".to_owned(),
        FullReason::Overwritten { first } => format!("要的字节已被覆盖，环里最旧 {}", grouped(first.get())),
        FullReason::Ahead { next } => format!("要的字节主库还没写出，下一字节是 {}", grouped(next.get())),
    }
}

fn status_line(status: &Status) -> String {
    let name = |name: &Name| spaced(&(WORDS.node)(*name));
    match status {
        Status::Alone => "还没有哪个节点跟随别的节点。".to_owned(),
        Status::CutOff { who, missing, outcome: Outcome::Partial } => {
            format!("{}断线，缺 {} 字节；环里还留着，现在接回就是增量复制。", name(who), grouped(*missing))
        }
        Status::CutOff { who, missing, outcome: Outcome::Full(FullReason::Overwritten { .. }) } => format!(
            "{}断线，缺 {} 字节；最早的一段已被覆盖，接回只能全量复制。",
            name(who),
            grouped(*missing)
        ),
        Status::CutOff { who, outcome: Outcome::Full(reason), .. } => {
            format!("{}断线；接回要全量复制：{}。", name(who), full_reason(reason))
        }
        Status::Syncing { who, phase } => format!("{}：{}。", (WORDS.node)(*who), phase_text(*phase)),
        Status::Online { replicas, behind } => {
            let all = match replicas {
                1 => "从库在线".to_owned(),
                all => format!("{all} 个从库都在线"),
            };
            let Some((who, lag, fate)) = behind else {
                return all + "，和主库一个字节不差。";
            };
            let fate = match fate {
                Fate::Coming => "，正在路上。",
                Fate::Paused => "：它的进程暂停着。",
                Fate::Held => "，被链路扣住。",
                Fate::Swallowed => "：被链路悄悄吞掉，再也到不了，两端都没察觉。",
            };
            format!("{all}；{}还差 {} 字节{fate}", name(who), grouped(*lag))
        }
    }
}

fn link_state(to: ReplState) -> &'static str {
    match to {
        ReplState::None => "不再跟随主库",
        ReplState::Connect => "和主库断开，准备重连",
        ReplState::Connecting => "连接主库",
        ReplState::ReceivePingReply => "发 PING，等 +PONG",
        ReplState::ReceiveHandshakeReplies => "发 REPLCONF，等 +OK",
        ReplState::ReceivePsyncReply => "等 PSYNC 的答复",
        ReplState::Transfer => "开始接收 RDB",
        ReplState::Loading => "开始加载 RDB",
        ReplState::Connected => "在线，命令流接通",
    }
}

fn leave_reason(reason: &LeaveReason) -> String {
    match reason {
        LeaveReason::Closed => "连接断了".to_owned(),
        LeaveReason::Timeout => "超时没有消息".to_owned(),
        LeaveReason::OutputBufferLimit { used } => format!("复制缓冲区超限（{} 字节）", grouped(*used)),
        LeaveReason::Protocol => "协议错误".to_owned(),
        LeaveReason::HistoryChanged => "主库的历史变了".to_owned(),
        LeaveReason::Killed => "被断开".to_owned(),
    }
}

/// A name inside a Chinese sentence: a Latin letter at its end is followed by a space.
fn spaced(name: &str) -> String {
    let space = if name.ends_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
    format!("{name}{space}")
}

fn event(event: &Event, who: Who<'_>) -> String {
    let (node, peer) = (spaced(who.node), spaced(who.peer));
    match event {
        Event::BecameMaster => format!("{node}成为主库"),
        Event::BecameReplica { of } => format!("{node}执行 REPLICAOF {} {}", of.host, of.port),
        Event::LinkState { to } => format!("{}：{}", who.node, link_state(*to)),
        Event::HandshakeRefused { reply } => format!("{node}握手被拒：{reply}"),
        Event::PsyncAsked { resume: None } => format!("{node}发 PSYNC ? -1，要全量"),
        Event::PsyncAsked { resume: Some(resume) } => {
            let (id, from) = &**resume;
            format!("{node}发 PSYNC {id:.8}… {}，想接着要", from.get())
        }
        Event::PsyncContinued { from, bytes, .. } => {
            format!("{node}答复{peer}+CONTINUE：从 {} 起补 {} 字节", grouped(from.get()), grouped(*bytes))
        }
        Event::PsyncRefused { refusal, .. } => {
            format!("{node}决定给{peer}全量复制：{}", full_reason(&refusal.reason))
        }
        Event::FullResyncStarted { offset, .. } => {
            format!("{node}答复{peer}+FULLRESYNC，快照到 {}", grouped(offset.get()))
        }
        Event::FullResyncReceived { offset, .. } => {
            format!("{node}收到 +FULLRESYNC，快照到 {}", grouped(offset.get()))
        }
        Event::ContinueReceived { .. } => format!("{node}收到 +CONTINUE"),
        Event::BgsaveStarted { replicas, bytes, .. } => {
            let share = if *replicas > 1 { format!("，{replicas} 个从库共用") } else { String::new() };
            format!("{node}执行 BGSAVE：RDB {} 字节{share}", grouped(*bytes))
        }
        Event::BgsaveEnded { ok: true, .. } => format!("{node}的 BGSAVE 完成"),
        Event::BgsaveEnded { ok: false, .. } => format!("{node}的 BGSAVE 失败"),
        Event::RdbSent { bytes, .. } => format!("{node}给{peer}发完 RDB，{} 字节", grouped(*bytes)),
        Event::RdbReceived { bytes } => format!("{node}收完 RDB，{} 字节", grouped(*bytes)),
        Event::RdbLoaded { keys, offset } => {
            format!("{node}加载 RDB：{keys} 个键，偏移量 {}", grouped(offset.get()))
        }
        Event::RdbRejected { error } => format!("{node}拒绝 RDB：{error}"),
        Event::ReplicaOnline { .. } => format!("{node}认为{peer}在线"),
        Event::ReplicaLeft { reason, freed, .. } => {
            let freed = if *freed > 0 {
                format!("，释放缓冲 {} 字节", grouped(*freed))
            } else {
                String::new()
            };
            format!("{node}断开{}：{}{freed}", who.peer, leave_reason(reason))
        }
        Event::Executed { command, .. } => format!("{node}执行 {}", command.to_ascii_uppercase()),
        Event::Refused { reason, .. } => format!(
            "{node}拒绝命令：{}",
            match reason {
                RefuseReason::ReadOnly => "-READONLY 从库只读",
                RefuseReason::NoReplicas => "-NOREPLICAS 在线从库不够",
                RefuseReason::MasterDown => "-MASTERDOWN 和主库断开",
                RefuseReason::Loading => "-LOADING 正在加载",
                RefuseReason::OutOfMemory => "-OOM 内存不够",
            }
        ),
        Event::Fed { from, to, .. } => {
            format!("{node}写出字节 {}–{}", grouped(from.get()), grouped(to.get()))
        }
        Event::Applied { from, to } => {
            format!("{node}执行字节 {}–{}", grouped(from.get()), grouped(to.get()))
        }
        Event::Acked { offset, .. } => format!("{node}得知{peer}到了 {}", grouped(offset.get())),
        Event::BacklogCreated { .. } => format!("{node}建立 backlog"),
        Event::BacklogOverwrote { first, .. } => {
            format!("{node}的 backlog 覆盖旧字节，最旧 {}", grouped(first.get()))
        }
        Event::BacklogFreed => format!("{node}释放 backlog"),
        Event::ReplIdChanged { id, .. } => format!("{node}换用复制 ID {id:.8}…"),
        Event::TimedOut { .. } => format!("{}：{peer}太久没有消息", who.node),
        Event::Expired { key, .. } => {
            format!("{node}删除过期键 {}", crate::view::format::value_of(key, 24))
        }
        Event::GetAckAsked => format!("{node}向所有从库要 ACK"),
    }
}
