/** Prime factors of 64-bit numbers: trial division, then Pollard's rho (Brent's form) with a deterministic Miller-Rabin test. */

/** a * b mod m without overflow: double and add where the product does not fit. */
function multiply(a: u64, b: u64, m: u64): u64 {
  if (a < 1 << 32 && b < 1 << 32) return (a * b) % m;
  let result: u64 = 0;
  while (b != 0) {
    if (b & 1) result = result >= m - a ? result - (m - a) : result + a;
    a = a >= m - a ? a - (m - a) : a + a;
    b >>= 1;
  }
  return result;
}

function power(base: u64, exponent: u64, m: u64): u64 {
  let result: u64 = 1;
  base %= m;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base, m);
    base = multiply(base, base, m);
  }
  return result;
}

/** These bases decide for every 64-bit number (Sorenson and Webster, 2015). */
const BASES: StaticArray<u64> = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

function isPrime(n: u64): bool {
  for (let i = 0; i < BASES.length; i++) if (n % BASES[i] == 0) return n == BASES[i];
  if (n < 2) return false;
  const twos = ctz<u64>(n - 1);
  const odd = (n - 1) >> twos;
  for (let i = 0; i < BASES.length; i++) {
    let x = power(BASES[i], odd, n);
    if (x == 1 || x == n - 1) continue;
    let composite = true;
    for (let r: u64 = 1; r < twos && composite; r++) {
      x = multiply(x, x, n);
      if (x == n - 1) composite = false;
    }
    if (composite) return false;
  }
  return true;
}

function gcd(a: u64, b: u64): u64 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** A proper divisor of an odd composite number. */
function findDivisor(n: u64): u64 {
  let divisor: u64 = n;
  for (let c: u64 = 1; divisor == n; c++) {
    let x: u64 = 2;
    let y: u64 = 2;
    divisor = 1;
    while (divisor == 1) {
      let product: u64 = 1;
      const startX = x;
      const startY = y;
      // One gcd for many steps; on overshoot the batch is done again one by one.
      for (let i = 0; i < 128; i++) {
        x = step(x, c, n);
        y = step(step(y, c, n), c, n);
        const next = multiply(product, x > y ? x - y : y - x, n);
        if (next == 0) break;
        product = next;
      }
      divisor = gcd(product, n);
      if (divisor != 1 || x != y) continue;
      x = startX;
      y = startY;
      do {
        x = step(x, c, n);
        y = step(step(y, c, n), c, n);
        divisor = gcd(x > y ? x - y : y - x, n);
      } while (divisor == 1);
    }
  }
  return divisor;
}

function step(x: u64, c: u64, n: u64): u64 {
  const square = multiply(x, x, n);
  return square >= n - c ? square - (n - c) : square + c;
}

function collect(n: u64, into: u64[]): void {
  if (n == 1) return;
  if (isPrime(n)) {
    into.push(n);
    return;
  }
  const divisor = findDivisor(n);
  collect(divisor, into);
  collect(n / divisor, into);
}

/** In ascending order; none for 0 and 1. */
export function primeFactors(n: u64): u64[] {
  const factors: u64[] = [];
  if (n < 2) return factors;
  for (let p: u64 = 2; p < 1000 && p * p <= n; p += p == 2 ? 1 : 2) {
    for (; n % p == 0; n /= p) factors.push(p);
  }
  if (n > 1) collect(n, factors);
  factors.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return factors;
}
