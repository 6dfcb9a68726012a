// sums.rs - Rust's run-time: a hash table of a million entries, threads, a panic that is caught.
use std::collections::HashMap;
use std::sync::mpsc;
use std::thread;

fn main() {
    let mut table = HashMap::new();
    for i in 0..1_000_000u32 {
        table.insert(i, i.wrapping_mul(2_654_435_761) >> 7);
    }
    let (send, receive) = mpsc::channel();
    for part in 0..4u32 {
        let send = send.clone();
        let values: Vec<u32> = table.iter().filter(|(key, _)| *key % 4 == part).map(|(_, value)| *value).collect();
        thread::spawn(move || send.send((part, values.iter().map(|&value| value as u64).sum::<u64>())).unwrap());
    }
    drop(send);
    let mut sums: Vec<(u32, u64)> = receive.iter().collect();
    sums.sort();
    println!("sums {:?}", sums);
    let caught = std::panic::catch_unwind(|| table[&1_000_001]);
    println!("caught {}", caught.is_err());
}
