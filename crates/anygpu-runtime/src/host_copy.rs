//! Copies between the program's memory and mapped memory, on several threads when they are long.

use std::sync::OnceLock;

use rayon::prelude::*;

/// Below this a copy is one `memcpy`: waking threads costs some ten microseconds.
const PARALLEL_FROM: usize = 4 << 20;
/// What one thread copies at a time.
const PART: usize = 1 << 20;
/// One core moves about 10 GB/s; a memory controller and PCIe 5 want several, and no more than this.
const THREADS: usize = 8;

/// Threads of our own, so that a program's rayon pool is neither used nor configured. `None` where the system gives no
/// more threads; then copies are plain.
fn pool() -> Option<&'static rayon::ThreadPool> {
    static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let builder = rayon::ThreadPoolBuilder::new().num_threads(cores.min(THREADS));
        if cores < 2 { None } else { builder.thread_name(|i| format!("anygpu copy {i}")).build().ok() }
    })
    .as_ref()
}

/// A part of mapped memory on its way to the thread that fills it.
struct Part<'a>(wgpu::WriteOnly<'a, [u8]>);

// SAFETY: a `WriteOnly` is exclusive access to plain memory. wgpu 30 means it to be `Send` for every such type, but its
// impl lacks the `?Sized` that slices need.
unsafe impl Send for Part<'_> {}

impl Part<'_> {
    fn fill_from(mut self, src: &[u8]) {
        self.0.copy_from_slice(src);
    }
}

/// Copies `src` to the mapped `dst` of the same length.
pub(crate) fn parallel_write(mut dst: wgpu::WriteOnly<'_, [u8]>, src: &[u8]) {
    match pool() {
        Some(pool) if src.len() >= PARALLEL_FROM => pool.in_place_scope(|scope| {
            for src in src.chunks(PART) {
                let (head, tail) = std::mem::take(&mut dst).split_at(src.len());
                dst = tail;
                let head = Part(head);
                scope.spawn(move |_| head.fill_from(src));
            }
        }),
        _ => dst.copy_from_slice(src),
    }
}

/// Copies the mapped `src` to `dst` of the same length.
pub(crate) fn parallel_read(dst: &mut [u8], src: &[u8]) {
    match pool() {
        Some(pool) if src.len() >= PARALLEL_FROM => {
            pool.install(|| dst.par_chunks_mut(PART).zip(src.par_chunks(PART)).for_each(|(dst, src)| dst.copy_from_slice(src)));
        }
        _ => dst.copy_from_slice(src),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_copies_are_whole() {
        for bytes in [0, 1, PARALLEL_FROM - 1, PARALLEL_FROM, PARALLEL_FROM + 12345] {
            let src: Vec<u8> = (0..bytes).map(|i| ((i * 31) >> 3) as u8).collect();
            let mut dst = vec![0; bytes];
            parallel_read(&mut dst, &src);
            assert!(dst == src);
            dst.fill(0);
            parallel_write(wgpu::WriteOnly::from(&mut dst[..]), &src);
            assert!(dst == src);
        }
    }
}
