//! Bind-group layouts and the cache of bind groups.
//!
//! Making a bind group costs about 2 us on an H100, as much as all the rest of a dispatch, so they are kept. The
//! cache has two generations: a group found in the old one moves to the young one, and when the young one is full it
//! becomes the old one and what it replaces is dropped. That is least-recently-used to within a factor of two, without
//! a list to maintain on every hit.

use std::collections::HashMap;
use std::sync::Arc;

use anygpu_core::Result;
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::failure;
use crate::pool::Buffer;

/// How a kernel uses one of its storage bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// `var<storage, read>`
    Read,
    /// `var<storage, read_write>`
    ReadWrite,
}

/// A part of a buffer as a kernel argument.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The memory.
    pub buffer: &'a Buffer,
    /// Where the kernel's element 0 is, in bytes: a multiple of 256.
    pub offset: u64,
    /// Bytes the kernel sees: a multiple of 4, not 0, at most the device's largest binding. It may reach up to 256
    /// bytes past the buffer's `size()` (never past its `capacity()`), so that it can be rounded up to whole vectors.
    pub size: u64,
}

impl<'a> Binding<'a> {
    /// All of `buffer`, rounded up to 16 bytes.
    pub fn whole(buffer: &'a Buffer) -> Self {
        Self { buffer, offset: 0, size: buffer.size().max(1).next_multiple_of(16) }
    }
}

/// Bytes of the parameter window: `array<vec4<u32>, 64>`.
pub(crate) const PARAMS_WINDOW: u64 = 1024;

/// The layout shared by all kernels with the same accesses.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) id: u64,
    pub(crate) access: SmallVec<[Access; 8]>,
    pub(crate) group: wgpu::BindGroupLayout,
    pub(crate) pipeline: wgpu::PipelineLayout,
}

/// Layouts by access pattern.
#[derive(Debug, Default)]
pub(crate) struct Layouts(Mutex<HashMap<SmallVec<[Access; 8]>, Arc<Layout>>>);

impl Layouts {
    pub(crate) fn get(&self, device: &wgpu::Device, access: &[Access]) -> Result<Arc<Layout>> {
        let mut layouts = self.0.lock();
        if let Some(layout) = layouts.get(access) {
            return Ok(Arc::clone(layout));
        }
        let layout = Arc::new(Layout::new(device, layouts.len() as u64, access)?);
        layouts.insert(layout.access.clone(), Arc::clone(&layout));
        Ok(layout)
    }
}

impl Layout {
    fn new(device: &wgpu::Device, id: u64, access: &[Access]) -> Result<Self> {
        let entry = |binding: usize, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
            count: None,
        };
        let mut entries: Vec<_> = access
            .iter()
            .enumerate()
            .map(|(i, access)| {
                let read_only = *access == Access::Read;
                entry(i, wgpu::BufferBindingType::Storage { read_only }, false)
            })
            .collect();
        entries.push(entry(access.len(), wgpu::BufferBindingType::Uniform, true));
        let ((group, pipeline), error) = failure::scoped(device, || {
            let group = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
            let pipeline = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: &[Some(&group)],
                immediate_size: 0,
            });
            (group, pipeline)
        });
        match error {
            None => Ok(Self { id, access: SmallVec::from_slice(access), group, pipeline }),
            Some(error) => Err(failure::runtime(format!("a kernel with {} buffers: {error}", access.len()))),
        }
    }
}

type Key = SmallVec<[u64; 13]>;

/// Bind groups in use lately.
#[derive(Debug, Default)]
pub(crate) struct BindGroups {
    young: HashMap<Key, wgpu::BindGroup, foldhash::fast::FixedState>,
    old: HashMap<Key, wgpu::BindGroup, foldhash::fast::FixedState>,
    pub(crate) created: u64,
}

/// Groups in a generation. A loop over a few hundred arrays stays within it; a descriptor set is some 200 bytes.
const GENERATION: usize = 1024;

impl BindGroups {
    /// The group for these bindings and the parameter ring, from the cache or new.
    pub(crate) fn get(
        &mut self,
        device: &wgpu::Device,
        layout: &Layout,
        bindings: &[Binding<'_>],
        ring: &wgpu::Buffer,
    ) -> Result<&wgpu::BindGroup> {
        let mut key = Key::new();
        key.push(layout.id);
        for binding in bindings {
            key.extend_from_slice(&[binding.buffer.id(), binding.offset, binding.size]);
        }
        if !self.young.contains_key(&key) {
            let group = match self.old.remove(&key) {
                Some(group) => group,
                None => {
                    self.created += 1;
                    create(device, layout, bindings, ring)?
                }
            };
            if self.young.len() >= GENERATION {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(key.clone(), group);
        }
        // Just inserted or found.
        self.young.get(&key).ok_or_else(|| failure::runtime("bind group cache lost an entry"))
    }

    /// Forgets all groups, which keep their buffers' memory alive: before the pool gives memory back to the driver.
    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

fn create(device: &wgpu::Device, layout: &Layout, bindings: &[Binding<'_>], ring: &wgpu::Buffer) -> Result<wgpu::BindGroup> {
    let entry = |binding: usize, buffer, offset, size| wgpu::BindGroupEntry {
        binding: binding as u32,
        resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset, size: wgpu::BufferSize::new(size) }),
    };
    let mut entries: SmallVec<[_; 9]> = bindings.iter().enumerate().map(|(i, b)| entry(i, b.buffer.wgpu(), b.offset, b.size)).collect();
    entries.push(entry(bindings.len(), ring, 0, PARAMS_WINDOW));
    let (group, error) = failure::scoped(device, || {
        device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout: &layout.group, entries: &entries })
    });
    match error {
        None => Ok(group),
        Some(error) => Err(failure::runtime(format!("the buffers of a kernel could not be bound: {error}"))),
    }
}
