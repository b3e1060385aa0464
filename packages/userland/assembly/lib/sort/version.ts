/** Version order (`1.9 < 1.10`), after Debian policy 5.6.12 with GNU's treatment of file name endings. */

// @ts-ignore: decorator
@inline
function isDigitAt(p: usize, end: usize): bool {
  return p < end && <u32>(load<u8>(p) - 48) < 10;
}

function isLetter(c: i32): bool {
  return <u32>((c | 32) - 97) < 26;
}

/** "~" before the end of the text, then the end, letters, everything else. */
function rank(p: usize, end: usize): i32 {
  if (p >= end) return -1;
  const c = <i32>load<u8>(p);
  if (<u32>(c - 48) < 10) return 0;
  if (isLetter(c)) return c;
  return c == 126 ? -2 : c + 256;
}

/** Length without a run of endings `.[A-Za-z~][A-Za-z0-9~]*`. */
function stem(start: usize, end: usize): usize {
  let cut = end;
  let p = end;
  while (true) {
    let q = p;
    while (q > start && isEnding(load<u8>(q - 1))) q--;
    if (q == p || q <= start + 1 || load<u8>(q - 1) != 46) return cut;
    const first = <i32>load<u8>(q);
    if (!isLetter(first) && first != 126) return cut;
    p = q - 1;
    cut = p;
  }
}

function isEnding(c: i32): bool {
  return isLetter(c) || <u32>(c - 48) < 10 || c == 126;
}

export function compareVersions(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  if (a == aEnd || b == bEnd) return (a < aEnd ? 1 : 0) - (b < bEnd ? 1 : 0);
  const aHidden = load<u8>(a) == 46;
  const bHidden = load<u8>(b) == 46;
  if (aHidden != bHidden) return aHidden ? -1 : 1;
  const aStem = stem(a, aEnd);
  const bStem = stem(b, bEnd);
  const order = compareParts(a, aStem, b, bStem);
  return order != 0 || (aStem == aEnd && bStem == bEnd) ? order : compareParts(a, aEnd, b, bEnd);
}

function compareParts(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  while (a < aEnd || b < bEnd) {
    while ((a < aEnd && !isDigitAt(a, aEnd)) || (b < bEnd && !isDigitAt(b, bEnd))) {
      const order = rank(a, aEnd) - rank(b, bEnd);
      if (order != 0) return order;
      a++;
      b++;
    }
    while (a < aEnd && load<u8>(a) == 48) a++;
    while (b < bEnd && load<u8>(b) == 48) b++;
    let difference = 0;
    while (isDigitAt(a, aEnd) && isDigitAt(b, bEnd)) {
      if (difference == 0) difference = <i32>load<u8>(a) - <i32>load<u8>(b);
      a++;
      b++;
    }
    if (isDigitAt(a, aEnd)) return 1;
    if (isDigitAt(b, bEnd)) return -1;
    if (difference != 0) return difference;
  }
  return 0;
}
