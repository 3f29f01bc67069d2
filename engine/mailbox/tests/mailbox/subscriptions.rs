//! Events: bind, bound, and every Task afterwards, in order; in this process and over a real WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tessera_fhir::ResourceType::{Subscription, Task};
use tessera_fhir::search::Handling;
use tessera_fhir::task::{Status, with_status};
use tokio_tungstenite::tungstenite::Message;

use crate::network::{PEER, Site, local_identity, peer_identity, ping};
use crate::tls::{Certificate, Served};

fn subscription_id(site: &Site) -> String {
    let found = site.mailbox.search(&local_identity(), Subscription, "", Handling::Strict).body.unwrap();
    found["entry"][0]["resource"]["id"].as_str().unwrap().to_owned()
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_rustls::client::TlsStream<tokio::net::TcpStream>>;

async fn open(served: &Served, certificate: &Certificate) -> Socket {
    let stream = served.connect(Some(certificate)).await.unwrap();
    let url = format!("wss://localhost:{}/fhir/ws", served.address.port());
    tokio_tungstenite::client_async(url, stream).await.unwrap().0
}

async fn text(socket: &mut Socket) -> String {
    loop {
        let message = socket.next().await.unwrap().unwrap();
        if let Message::Text(text) = &message {
            return text.to_string();
        }
        assert!(message.is_ping() || message.is_pong(), "{message:?}");
    }
}

async fn close_code(socket: &mut Socket) -> (u16, String) {
    loop {
        if let Message::Close(frame) = socket.next().await.unwrap().unwrap() {
            let frame = frame.unwrap();
            return (frame.code.into(), frame.reason.to_string());
        }
    }
}

#[tokio::test]
async fn bound_means_told() {
    let served = Served::start(|_| {}).await;
    let id = subscription_id(&served.site);
    let mut socket = open(&served, &served.local).await;
    socket.send(Message::text("hello")).await.unwrap();
    socket.send(Message::text(format!("bind {id}"))).await.unwrap();
    assert_eq!(text(&mut socket).await, format!("bound {id}"));
    let mut sent = Vec::new();
    for number in 0..10 {
        let task =
            served.site.mailbox.create(&peer_identity(), Task, ping(PEER, number), None).await.body.unwrap();
        // Not requested any more: nothing is told about this.
        let taken = with_status(task.clone(), Status::InProgress, &[], None);
        let updated = served
            .site
            .mailbox
            .update(&local_identity(), Task, task["id"].as_str().unwrap(), taken, None)
            .await;
        assert_eq!(updated.status, 200);
        sent.push(task);
    }
    for expected in sent {
        let told: Value = serde_json::from_str(&text(&mut socket).await).unwrap();
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn who_may_not_bind_is_told_why() {
    let served = Served::start(|_| {}).await;
    let mut peer = open(&served, &served.peer).await;
    assert_eq!(close_code(&mut peer).await, (1008, "Forbidden".to_owned()));
    let mut local = open(&served, &served.local).await;
    local.send(Message::text("bind nothing")).await.unwrap();
    assert_eq!(close_code(&mut local).await, (1003, "Subscription with nothing not found".to_owned()));
}

#[tokio::test]
async fn in_this_process_the_same_events_arrive() {
    let site = Site::usual().await;
    let mut events = site.mailbox.subscribe(&local_identity(), "Task?status=requested").unwrap();
    assert_eq!(site.mailbox.subscribe(&peer_identity(), "Task?status=requested").unwrap_err().status, 403);
    assert_eq!(site.mailbox.subscribe(&local_identity(), "Task?foo=bar").unwrap_err().status, 400);
    let peer = peer_identity();
    let creations = (0..50).map(|number| site.mailbox.create(&peer, Task, ping(PEER, number), None));
    futures_util::future::join_all(creations).await;
    let mut last = String::new();
    for _ in 0..50 {
        let told = events.next().await.unwrap();
        let updated = told["meta"]["lastUpdated"].as_str().unwrap();
        assert!(updated > last.as_str(), "in the order of commits");
        updated.clone_into(&mut last);
    }
}
