/** Product of matrices: three loops in each other, floating point in the innermost. */
const N: i32 = 320;
const a = new StaticArray<f64>(N * N);
const b = new StaticArray<f64>(N * N);
const c = new StaticArray<f64>(N * N);
for (let i = 0; i < N * N; i++) {
  unchecked((a[i] = <f64>(i % 97)));
  unchecked((b[i] = <f64>(i % 89)));
}
for (let pass = 0; pass < 3; pass++) {
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let sum: f64 = 0;
      for (let k = 0; k < N; k++) sum += unchecked(a[i * N + k]) * unchecked(b[k * N + j]);
      unchecked((c[i * N + j] += sum));
    }
  }
}
export const result: f64 = unchecked(c[N]);
