/** Runs tasks at most `limit` at a time, in order; every task's promise is handed out at once. */
export function pooled<T>(tasks: readonly (() => Promise<T>)[], limit: number): readonly Promise<T>[] {
  const starters: (() => void)[] = [];
  let running = 0;
  const next = () => {
    while (running < limit && starters.length > 0) {
      running++;
      starters.shift()!();
    }
  };
  const promises = tasks.map((task) => {
    const turn = new Promise<void>((resolve) => starters.push(resolve));
    const result = turn.then(task).finally(() => {
      running--;
      next();
    });
    // A failure is reported by the test that awaits it.
    result.catch(() => {});
    return result;
  });
  next();
  return promises;
}
