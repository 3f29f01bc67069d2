//! A stream that counts what it reads, and stops reading at a limit: until a certificate is accepted, nobody makes us keep
//! more than that.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The count and the limit of one stream, shared with whoever watches it.
#[derive(Debug, Clone)]
pub(super) struct Meter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    read: AtomicU64,
    limit: AtomicU64,
}

impl Meter {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self(Arc::new(Counts { read: AtomicU64::new(0), limit: AtomicU64::new(limit_bytes) }))
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// From here on other bounds hold.
    pub(super) fn lift(&self) {
        self.0.limit.store(u64::MAX, Ordering::Relaxed);
    }

    fn is_exhausted(&self) -> bool {
        self.bytes() >= self.0.limit.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
pub(super) struct Metered<S> {
    stream: S,
    meter: Meter,
}

impl<S> Metered<S> {
    pub(super) fn new(stream: S, meter: Meter) -> Self {
        Self { stream, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.meter.is_exhausted() {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "more bytes than a connection may send before its certificate is accepted",
            )));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len().saturating_sub(before);
        self.meter.0.read.fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::Relaxed);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn reading_ends_at_the_limit_until_it_is_lifted() {
        let meter = Meter::new(4);
        let mut stream = Metered::new(&b"abcdefgh"[..], meter.clone());
        let mut four = [0; 4];
        stream.read_exact(&mut four).await.unwrap();
        assert_eq!(stream.read(&mut four).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        meter.lift();
        stream.read_exact(&mut four).await.unwrap();
        assert_eq!((&four, meter.bytes()), (b"efgh", 8));
    }
}
