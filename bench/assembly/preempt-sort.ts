/** Quicksort of integers: recursion, and loops that end after few turns. */
const COUNT: i32 = 1_000_000;
const data = new StaticArray<i32>(COUNT);

function sort(low: i32, high: i32): void {
  while (low < high) {
    const pivot = unchecked(data[(low + high) >>> 1]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (unchecked(data[i]) < pivot) i++;
      while (unchecked(data[j]) > pivot) j--;
      if (i <= j) {
        const swap = unchecked(data[i]);
        unchecked((data[i++] = data[j]));
        unchecked((data[j--] = swap));
      }
    }
    sort(low, j);
    low = i;
  }
}

let seed: u32 = 1;
for (let pass = 0; pass < 2; pass++) {
  for (let i = 0; i < COUNT; i++) {
    seed = seed * 1664525 + 1013904223;
    unchecked((data[i] = <i32>(seed >>> 1)));
  }
  sort(0, COUNT - 1);
}
export const result: i32 = unchecked(data[COUNT >>> 1]);
