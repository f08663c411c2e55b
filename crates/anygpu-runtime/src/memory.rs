//! How much memory there is: the device's own, as its driver tells, and the host's, for software devices.

/// What a device says about its memory; `None` where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DeviceMemory {
    /// Bytes of the largest device-local heap.
    pub(crate) total: Option<u64>,
    /// Bytes this process can still allocate there now.
    pub(crate) free: Option<u64>,
}

impl DeviceMemory {
    /// Asks the driver: the heap sizes, and `VK_EXT_memory_budget` where the device has it.
    pub(crate) fn query(device: &wgpu::Device) -> Self {
        // SAFETY: the handle is only read from, while `device` keeps it alive.
        #[cfg(not(target_vendor = "apple"))]
        if let Some(hal) = unsafe { device.as_hal::<wgpu::hal::api::Vulkan>() } {
            return vulkan(&hal);
        }
        let _ = device;
        Self::default()
    }
}

#[cfg(not(target_vendor = "apple"))]
fn vulkan(device: &wgpu::hal::vulkan::Device) -> DeviceMemory {
    use ash::vk;

    let instance = device.shared_instance().raw_instance();
    let budget_known = device.enabled_device_extensions().contains(&ash::ext::memory_budget::NAME);
    let mut budget = vk::PhysicalDeviceMemoryBudgetPropertiesEXT::default();
    let mut properties = vk::PhysicalDeviceMemoryProperties2::default();
    if budget_known {
        properties = properties.push_next(&mut budget);
    }
    // SAFETY: wgpu-hal needs Vulkan 1.1 or VK_KHR_get_physical_device_properties2, and the chain holds the two structs
    // above, which outlive the call.
    unsafe { instance.get_physical_device_memory_properties2(device.raw_physical_device(), &mut properties) };
    let memory = properties.memory_properties;
    let heaps = &memory.memory_heaps[..memory.memory_heap_count as usize];
    let largest = heaps
        .iter()
        .enumerate()
        .filter(|(_, heap)| heap.flags.contains(vk::MemoryHeapFlags::DEVICE_LOCAL))
        .max_by_key(|(_, heap)| heap.size);
    match largest {
        Some((i, heap)) => {
            DeviceMemory { total: Some(heap.size), free: budget_known.then(|| budget.heap_budget[i].saturating_sub(budget.heap_usage[i])) }
        }
        None => DeviceMemory::default(),
    }
}

/// Bytes of host memory that this process can still take: the kernel's estimate, or what its control group leaves.
///
/// A software device's memory is host memory that Linux overcommits, so that an allocation "succeeds" and the process
/// is killed when it is written. Asking first is the only way to fail cleanly.
pub(crate) fn host_available() -> Option<u64> {
    let system = meminfo_available(&std::fs::read_to_string("/proc/meminfo").ok()?)?;
    Some(control_group_available().map_or(system, |group| group.min(system)))
}

fn meminfo_available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

/// Control groups version 2, then 1, as a container sees them at the root of their mounts.
fn control_group_available() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let pairs = [
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat"),
    ];
    pairs.iter().find_map(|(limit, used, stat)| {
        let (limit, used) = (read(limit)?, read(used)?);
        // Page cache counts as used but is given back under pressure.
        let cache = std::fs::read_to_string(stat).ok().and_then(|text| inactive_file(&text)).unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(cache)))
    })
}

fn inactive_file(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("inactive_file ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meminfo_is_read_in_kib() {
        let text = "MemTotal:       100 kB\nMemFree:        10 kB\nMemAvailable:     64 kB\n";
        assert_eq!(meminfo_available(text), Some(64 << 10));
        assert_eq!(meminfo_available("MemTotal: 5 kB"), None);
    }

    #[test]
    fn reclaimable_page_cache_is_read() {
        assert_eq!(inactive_file("anon 5\ninactive_file 42\nactive_file 1\n"), Some(42));
    }
}
