//! Writing replies (and, being the same encoding, commands).

/// The decimal digits of a number, for a longer text.
pub fn number(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut put = |digit: u32| {
        at -= 1;
        digits[at] = b'0' + digit as u8;
    };
    let mut high = value;
    while high > u64::from(u32::MAX) {
        put((high % 10) as u32);
        high /= 10;
    }
    // In WebAssembly, 64 bits are divided by ten ten times as slowly.
    let mut rest = high as u32;
    loop {
        put(rest % 10);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn header(out: &mut Vec<u8>, kind: u8, value: u64) {
    if value < 10 {
        // Most are: nothing is copied a byte at a time.
        return out.extend_from_slice(&[kind, b'0' + value as u8, b'\r', b'\n']);
    }
    out.push(kind);
    number(out, value);
    out.extend_from_slice(b"\r\n");
}

/// `+text`.
pub fn simple(out: &mut Vec<u8>, text: &str) {
    out.push(b'+');
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// `-text`. Line ends inside become spaces, as in `addReplyErrorSdsSafe`.
pub fn error(out: &mut Vec<u8>, text: impl AsRef<[u8]>) {
    out.push(b'-');
    out.extend(text.as_ref().iter().map(|&b| if b == b'\r' || b == b'\n' { b' ' } else { b }));
    out.extend_from_slice(b"\r\n");
}

/// `:n`.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    out.push(b':');
    if value < 0 {
        out.push(b'-');
    }
    number(out, value.unsigned_abs());
    out.extend_from_slice(b"\r\n");
}

/// `$len` and the bytes.
pub fn bulk(out: &mut Vec<u8>, bytes: &[u8]) {
    header(out, b'$', bytes.len() as u64);
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

/// `$-1`: no such thing.
pub fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"$-1\r\n");
}

/// `*-1`: an aborted transaction.
pub fn null_array(out: &mut Vec<u8>) {
    out.extend_from_slice(b"*-1\r\n");
}

/// `*n`, to be followed by `n` replies.
pub fn array(out: &mut Vec<u8>, len: usize) {
    header(out, b'*', len as u64);
}

/// A bulk string if there is one, else null.
pub fn bulk_or_null(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => bulk(out, bytes),
        None => null(out),
    }
}
