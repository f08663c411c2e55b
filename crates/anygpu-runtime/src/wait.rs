//! Waiting for the device, without holding the stream.

use std::time::Duration;

use anygpu_core::Result;

use crate::device::Shared;
use crate::failure;

/// How long a wait goes on before it asks whether it should be given up.
const WAIT_SLICE: Duration = Duration::from_millis(100);

impl Shared {
    /// Waits for a submission (or the last one) without holding the stream.
    pub(crate) fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
        loop {
            self.health.check()?;
            let poll = wgpu::PollType::Wait { submission_index: submission.clone(), timeout: Some(WAIT_SLICE) };
            match failure::guarded(&self.health, "waiting for the device", || self.device.poll(poll))? {
                Ok(_) => return self.verify(),
                Err(wgpu::PollError::Timeout) => {
                    let interrupt = self.interrupt.read().clone();
                    if interrupt.is_some_and(|interrupt| interrupt()) {
                        return Err(failure::runtime("the wait for the device was interrupted; its work goes on"));
                    }
                }
                // wgpu counted a submission that it then refused. It does that for invalid work, and without a word when
                // the device is lost, which shows once the queue is empty.
                Err(wgpu::PollError::WrongSubmissionIndex(..)) if submission.is_some() => {
                    self.wait(None)?;
                    return Err(failure::runtime("the device refused a submission: the results of its work are undefined"));
                }
                Err(error) => return Err(failure::runtime(format!("waiting for the device: {error}"))),
            }
        }
    }

    /// What became of the work up to a submission. A lost device first shows as refused work: polling lets wgpu say
    /// which it is.
    pub(crate) fn verify(&self) -> Result<()> {
        if self.health.has_failure() {
            self.poll_once()?;
        }
        self.health.check()
    }

    /// Lets wgpu run callbacks and free what is no longer used.
    pub(crate) fn poll_once(&self) -> Result<()> {
        failure::guarded(&self.health, "polling the device", || self.device.poll(wgpu::PollType::Poll)).map(drop)
    }
}
