//! Waiting for the device, without holding the stream.

use std::time::{Duration, Instant};

use anygpu_core::Result;

use crate::device::{Interrupt, Shared};
use crate::failure;

/// How long a wait looks for its end before it sleeps: waking up costs 30 us or more.
pub(crate) const SPIN: Duration = Duration::from_micros(150);
/// How long a wait goes on before it asks whether it should be given up.
const WAIT_SLICE: Duration = Duration::from_millis(100);

impl Shared {
    /// Waits for a submission (or the last one), whatever happens: for callers that hold a lock.
    pub(crate) fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
        self.wait_unless(submission, None)
    }

    /// The same, given up when the program's interrupt says so. The caller holds no lock, since answering may take the
    /// program's own (Python's GIL).
    pub(crate) fn wait_interruptibly(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
        let interrupt = self.interrupt.read().clone();
        self.wait_unless(submission, interrupt)
    }

    /// Waits for everything submitted, which `last` is the end of. Only then is an empty queue the sign to look for.
    pub(crate) fn wait_for_all(&self, last: wgpu::SubmissionIndex) -> Result<()> {
        let start = Instant::now();
        while self.may_spin() && start.elapsed() < SPIN {
            if self.poll_once()? {
                return self.verify();
            }
        }
        self.wait_interruptibly(Some(last))
    }

    fn wait_unless(&self, submission: Option<wgpu::SubmissionIndex>, interrupt: Option<Interrupt>) -> Result<()> {
        loop {
            self.health.check()?;
            let poll = wgpu::PollType::Wait { submission_index: submission.clone(), timeout: Some(WAIT_SLICE) };
            match failure::guarded(&self.health, "waiting for the device", || self.device.poll(poll))? {
                Ok(_) => return self.verify(),
                Err(wgpu::PollError::Timeout) => {
                    if interrupt.as_ref().is_some_and(|interrupt| interrupt()) {
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

    /// Lets wgpu run callbacks and free what is no longer used; whether nothing is left to run.
    pub(crate) fn poll_once(&self) -> Result<bool> {
        let status = failure::guarded(&self.health, "polling the device", || self.device.poll(wgpu::PollType::Poll))?;
        Ok(matches!(status, Ok(wgpu::PollStatus::QueueEmpty)))
    }
}
