//! Compiled kernels on disk: naga's output, the driver's own blob, and the self-test's verdict.
//!
//! Every entry is a file `MAGIC, SHA-256 of the payload, payload`, written to a temporary name and renamed, so that a
//! reader sees all of it or none; a file whose digest does not match is removed and made again. Nothing here can
//! fail: without a usable folder every lookup misses.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::options::CacheLocation;

/// Format of the files and of what is in them. Changing it makes every older entry a miss.
const MAGIC: &[u8; 8] = b"anygpu01";
/// Bytes of all entries at most; the ones unused longest go first.
const MAX_BYTES: u64 = 256 << 20;

/// Characters of the digest that an entry's name begins with.
const DIGEST_CHARACTERS: usize = 40;
/// What the names end with.
const KINDS: [&str; 3] = ["spv", "pipelines", "selftest"];

/// A folder of entries.
#[derive(Debug, Default)]
pub(crate) struct DiskCache {
    folder: Option<PathBuf>,
    written: AtomicBool,
    hits: AtomicU64,
}

/// The name of an entry: a digest of everything its contents depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryName(String);

impl EntryName {
    /// `kind` is the file's extension; `parts` are hashed with their lengths, so that no two lists run together.
    pub(crate) fn new(kind: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: String = hash.finalize().iter().take(DIGEST_CHARACTERS / 2).map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{digest}.{kind}"))
    }
}

impl DiskCache {
    pub(crate) fn open(location: &CacheLocation) -> Self {
        let folder = match location {
            CacheLocation::Off => None,
            CacheLocation::Folder(folder) => Some(folder.clone()),
            CacheLocation::Platform => dirs::cache_dir().map(|folder| folder.join("anygpu")),
        };
        Self { folder, ..Self::default() }
    }

    /// The payload of an entry, if it is there and whole.
    pub(crate) fn read(&self, name: &EntryName) -> Option<Vec<u8>> {
        let path = self.folder.as_ref()?.join(&name.0);
        let mut file = fs::read(&path).ok()?;
        let header = MAGIC.len() + 32;
        let whole =
            file.len() >= header && file.starts_with(MAGIC) && Sha256::digest(&file[header..]).as_slice() == &file[MAGIC.len()..header];
        if !whole {
            let _ = fs::remove_file(&path);
            return None;
        }
        file.drain(..header);
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(file)
    }

    /// Writes an entry, or does nothing where that is not possible (a full or read-only disk is no error).
    pub(crate) fn write(&self, name: &EntryName, payload: &[u8]) {
        let Some(folder) = &self.folder else { return };
        if write_atomically(folder, &name.0, payload).is_ok() {
            self.written.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Removes the oldest entries above the size bound. Called when a device closes that wrote something.
    pub(crate) fn tidy(&self) {
        if let Some(folder) = &self.folder
            && self.written.swap(false, Ordering::Relaxed)
        {
            let _ = remove_oldest(folder, MAX_BYTES);
        }
    }
}

fn write_atomically(folder: &Path, name: &str, payload: &[u8]) -> std::io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    fs::create_dir_all(folder)?;
    // Processes differ in their number, threads in the count.
    let temporary = folder.join(format!("{name}.{}.{}.tmp", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let mut file = Vec::with_capacity(payload.len() + 40);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&Sha256::digest(payload));
    file.extend_from_slice(payload);
    let renamed = fs::write(&temporary, file).and_then(|()| fs::rename(&temporary, folder.join(name)));
    if renamed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    renamed
}

/// Whether a file's name is that of an entry, or of one being written.
fn is_entry_name(name: &str) -> bool {
    let Some((digest, kind)) = name.split_once('.') else {
        return false;
    };
    let kind = kind.split_once('.').map_or(kind, |(kind, _)| kind);
    digest.len() == DIGEST_CHARACTERS && digest.bytes().all(|b| b.is_ascii_hexdigit()) && KINDS.contains(&kind)
}

fn remove_oldest(folder: &Path, max_bytes: u64) -> std::io::Result<()> {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(folder)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            // The folder may be anyone's: only what is named like an entry is one.
            let ours = entry.file_name().to_str().is_some_and(is_entry_name);
            let data = entry.metadata().ok().filter(|data| ours && data.is_file())?;
            Some((data.modified().ok()?, data.len(), entry.path()))
        })
        .collect();
    let mut total: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
    if total <= max_bytes {
        return Ok(());
    }
    entries.sort();
    // Down to three quarters, so that this does not run again at once.
    for (_, bytes, path) in entries {
        if total <= max_bytes / 4 * 3 {
            break;
        }
        if fs::remove_file(path).is_ok() {
            total -= bytes;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("anygpu-cache-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn an_entry_comes_back_and_a_corrupted_one_does_not() {
        let folder = folder("corrupted");
        let cache = DiskCache::open(&CacheLocation::Folder(folder.clone()));
        let name = EntryName::new("spv", &[b"a", b"b"]);
        assert_eq!(cache.read(&name), None);
        cache.write(&name, b"payload");
        assert_eq!(cache.read(&name).as_deref(), Some(&b"payload"[..]));
        let path = folder.join(&name.0);
        for damage in [&b""[..], b"anygpu01", b"anygpu01 but the digest is wrong, and so on and on"] {
            fs::write(&path, damage).unwrap();
            assert_eq!(cache.read(&name), None);
            assert!(!path.exists());
        }
        cache.write(&name, b"again");
        assert_eq!(cache.read(&name).as_deref(), Some(&b"again"[..]));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn an_unusable_folder_only_misses() {
        let cache = DiskCache::open(&CacheLocation::Folder("/dev/null/anygpu".into()));
        let name = EntryName::new("spv", &[b"x"]);
        cache.write(&name, b"payload");
        assert_eq!(cache.read(&name), None);
        cache.tidy();
    }

    #[test]
    fn names_keep_parts_apart() {
        assert_ne!(EntryName::new("a", &[b"ab", b"c"]), EntryName::new("a", &[b"a", b"bc"]));
    }

    #[test]
    fn the_size_stays_bounded() {
        let folder = folder("bounded");
        for i in 0..8 {
            write_atomically(&folder, &EntryName::new("spv", &[&[i]]).0, &[i; 1000]).unwrap();
        }
        let strangers = ["thesis.doc", "0123456789.spv", "notes"];
        for name in strangers {
            fs::write(folder.join(name), [0; 5000]).unwrap();
        }
        remove_oldest(&folder, 4 * 1040).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3 + strangers.len());
        fs::remove_dir_all(&folder).unwrap();
    }
}
