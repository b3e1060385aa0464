/** The worst case: a loop of nothing but its counter. */
let turns: u32 = 0;
do turns++;
while (turns < 200_000_000);
export const result: u32 = turns;
