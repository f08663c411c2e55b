//! Waiting for the device, without holding the stream.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anygpu_core::Result;

use crate::device::Shared;
use crate::failure;

/// How long a wait looks for its end before it sleeps: waking up costs 30 us or more.
pub(crate) const SPIN: Duration = Duration::from_micros(150);
/// How long a wait goes on before it asks whether it should be given up.
const WAIT_SLICE: Duration = Duration::from_millis(100);
/// The longest sleep between two looks.
const LONGEST_SLEEP: Duration = Duration::from_micros(500);

impl Shared {
    /// Waits for a submission (or the last one), whatever happens: for callers that hold a lock.
    pub(crate) fn wait(&self, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
        self.health.check()?;
        // Never with a timeout: where another thread polls meanwhile, wgpu-core 30 asserts that a wait that ran out of time saw its end.
        let poll = wgpu::PollType::Wait { submission_index: submission.clone(), timeout: None };
        match failure::guarded(&self.health, "waiting for the device", || self.device.poll(poll))? {
            Ok(_) => self.verify(),
            // wgpu counted a submission that it then refused. It does that for invalid work, and without a word when
            // the device is lost, which shows once the queue is empty.
            Err(wgpu::PollError::WrongSubmissionIndex(..)) if submission.is_some() => {
                self.wait(None)?;
                Err(failure::runtime("the device refused a submission: the results of its work are undefined"))
            }
            Err(error) => Err(failure::runtime(format!("waiting for the device: {error}"))),
        }
    }

    /// Waits until `done` is set by a callback of wgpu's, or the program's interrupt ends it. The caller holds no lock, since
    /// answering may take the program's own (Python's GIL).
    pub(crate) fn wait_interruptibly(&self, done: &AtomicBool) -> Result<()> {
        let interrupt = self.interrupt.read().clone();
        let start = Instant::now();
        let mut next_question = WAIT_SLICE;
        loop {
            self.health.check()?;
            let empty = self.poll_once()?;
            if done.load(Ordering::Acquire) {
                return self.verify();
            }
            let elapsed = start.elapsed();
            if empty && elapsed > SPIN {
                // Everything has run, and the callback has not: another thread is calling it, or the device is lost.
                self.verify()?;
                if elapsed > 50 * WAIT_SLICE {
                    return Err(failure::runtime("the device finished its work without saying so"));
                }
            }
            if elapsed >= next_question {
                next_question = elapsed + WAIT_SLICE;
                if interrupt.as_ref().is_some_and(|interrupt| interrupt()) {
                    return Err(failure::runtime("the wait for the device was interrupted; its work goes on"));
                }
            }
            if elapsed >= SPIN {
                // A sixteenth late at most.
                std::thread::sleep((elapsed / 16).clamp(Duration::from_micros(10), LONGEST_SLEEP));
            } else if !self.may_spin() {
                // The device is this processor: let it work.
                std::thread::yield_now();
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
