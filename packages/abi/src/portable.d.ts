/** Integer type names shared sources use; `asc` has them built in. */
declare type i32 = number;
declare type u32 = number;
