/** Second names of programs in /bin. */
export const aliases: Readonly<Record<string, string>> = { "[": "test" };
