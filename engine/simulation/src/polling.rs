//! Futures in one thread: polled when something may have changed, never woken.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tessera_store::Committer;

/// A future that is polled by hand.
pub(crate) type Polled<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Polls once.
pub(crate) fn poll<T>(future: &mut Polled<T>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Runs a future to its end; whatever it commits is committed at once.
pub(crate) fn run<T>(committer: &Committer, future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
        assert!(committer.step(), "a future of the mailbox waits for nothing but its commits");
    }
}
