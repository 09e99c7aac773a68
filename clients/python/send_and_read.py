"""Sends an event over gRPC, sends it again as a sender does that got no answer, and reads it back: it is there once.

Usage: python send_and_read.py HOST:PORT SECRET_KEY
"""

import sys
import time
import uuid

import grpc
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from userflow.v1 import analytics_pb2, analytics_pb2_grpc, event_pb2
from userflow.v1 import ingest_pb2, ingest_pb2_grpc, pipeline_pb2, pipeline_pb2_grpc

# Statuses after which the same bytes are worth another attempt.
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.DEADLINE_EXCEEDED)


def signup() -> event_pb2.Event:
    # Id and time are made once and kept over every attempt: together they are what the store knows the event by.
    event_time = Timestamp()
    event_time.GetCurrentTime()
    properties = Struct()
    properties.update({"plan": "pro", "seats": 3})
    return event_pb2.Event(
        event_id=str(uuid.uuid4()),
        event_time=event_time,
        user_id="python-7",
        page=event_pb2.Page(url="https://example.com/plans"),
        properties=properties,
        custom=event_pb2.Custom(name="signup"),
    )


def send(ingest: ingest_pb2_grpc.IngestServiceStub, event: event_pb2.Event, metadata: list) -> None:
    """Sends until there is a verdict. RETRY and a lost connection mean the same: again, with the same bytes."""
    for attempt in range(20):
        sent_at = Timestamp()
        sent_at.GetCurrentTime()
        request = ingest_pb2.RecordEventsRequest(events=[event], sent_at=sent_at)
        try:
            answer = ingest.RecordEvents(request, metadata=metadata, timeout=15)
        except grpc.RpcError as error:
            if error.code() not in AGAIN:
                raise
        else:
            if answer.accepted == 1:
                return
            verdict = answer.rejected[0]
            if verdict.status == ingest_pb2.REJECTED:
                raise ValueError(f"{ingest_pb2.RejectReason.Name(verdict.reason)} {verdict.field}: {verdict.message}")
        time.sleep(min(5, 0.1 * 2**attempt))
    raise TimeoutError("no verdict after 20 attempts")


def wait_until_stored(pipeline: pipeline_pb2_grpc.PipelineServiceStub, event_id: str, metadata: list):
    for _ in range(100):
        found = pipeline.FindEvent(pipeline_pb2.FindEventRequest(event_id=event_id), metadata=metadata, timeout=15)
        if found.state == pipeline_pb2.STORED:
            return found
        time.sleep(0.1)
    raise TimeoutError("the event was not stored within 10 s")


def main(address: str, key: str) -> None:
    metadata = [("x-api-key", key)]
    with grpc.insecure_channel(address) as channel:
        ingest = ingest_pb2_grpc.IngestServiceStub(channel)
        event = signup()
        send(ingest, event, metadata)
        send(ingest, event, metadata)
        print(f"accepted twice: {event.event_id}")

        found = wait_until_stored(pipeline_pb2_grpc.PipelineServiceStub(channel), event.event_id, metadata)
        state = pipeline_pb2.EventState.Name(found.state)
        print(f"FindEvent: {state} at partition {found.log_partition}, offset {found.log_offset}")

        analytics = analytics_pb2_grpc.AnalyticsServiceStub(channel)
        question = analytics_pb2.RecentEventsRequest(limit=100, include_bots=True)
        recent = analytics.RecentEvents(question, metadata=metadata, timeout=15)
        mine = [one for one in recent.events if one.event_id == event.event_id]
        print(f"RecentEvents: {len(mine)} row: {mine[0].event_name} of {mine[0].user_id} on {mine[0].page_url}")

        broken = signup()
        broken.session_id = "s" * 201
        try:
            send(ingest, broken, metadata)
        except ValueError as error:
            print(f"rejected: {error}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
