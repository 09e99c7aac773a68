// Sends a stream of batches over gRPC, sends one of them again as a sender does that got no answer, and reads an event back: it
// is there once.
//
// Usage: userflow HTTP_BASE_ADDRESS SECRET_KEY
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	userflowv1 "example.com/userflow/gen/userflow/v1"
	"example.com/userflow/gen/userflow/v1/userflowv1connect"
)

// newID makes a UUID of version 7: the time in front, chance behind.
func newID() string {
	var id [16]byte
	if _, err := rand.Read(id[6:]); err != nil {
		log.Fatal(err)
	}
	ms := time.Now().UnixMilli()
	for at := range 6 {
		id[at] = byte(ms >> (40 - 8*at))
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// newEvent makes id and time once; they are kept over every attempt, for together they are what the store knows the event by.
func newEvent(number int) *userflowv1.Event {
	properties, err := structpb.NewStruct(map[string]any{"plan": "pro", "number": number})
	if err != nil {
		log.Fatal(err)
	}
	return &userflowv1.Event{
		EventId:    newID(),
		EventTime:  timestamppb.Now(),
		UserId:     "go-7",
		Page:       &userflowv1.Page{Url: "https://example.com/plans"},
		Properties: properties,
		Action:     &userflowv1.Event_Custom{Custom: &userflowv1.Custom{Name: "signup"}},
	}
}

// withKey sets the key on every call.
func withKey(key string) connect.Option {
	return connect.WithInterceptors(keyInterceptor{key})
}

type keyInterceptor struct{ key string }

func (k keyInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		request.Header().Set("x-api-key", k.key)
		return next(ctx, request)
	}
}

func (k keyInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		conn.RequestHeader().Set("x-api-key", k.key)
		return conn
	}
}

func (k keyInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// sendBatches sends numbered batches and counts what is acknowledged as accepted.
func sendBatches(ctx context.Context, ingest userflowv1connect.IngestServiceClient, batches [][]*userflowv1.Event) (uint32, error) {
	stream := ingest.StreamEvents(ctx)
	for number, events := range batches {
		request := &userflowv1.StreamEventsRequest{Batch: uint64(number + 1), Events: events, SentAt: timestamppb.Now()}
		if err := stream.Send(request); err != nil {
			return 0, err
		}
	}
	if err := stream.CloseRequest(); err != nil {
		return 0, err
	}
	var accepted uint32
	for range batches {
		answer, err := stream.Receive()
		if err != nil {
			return accepted, err
		}
		for _, verdict := range answer.Result.Rejected {
			fmt.Printf("batch %d, event %d: %s %s: %s\n", answer.Batch, verdict.Index, verdict.Status, verdict.Reason, verdict.Message)
		}
		accepted += answer.Result.Accepted
	}
	return accepted, stream.CloseResponse()
}

func waitUntilStored(ctx context.Context, pipeline userflowv1connect.PipelineServiceClient, eventID string) (*userflowv1.FindEventResponse, error) {
	for range 100 {
		found, err := pipeline.FindEvent(ctx, connect.NewRequest(&userflowv1.FindEventRequest{EventId: eventID}))
		if err != nil || found.Msg.State == userflowv1.EventState_STORED {
			return found.Msg, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, fmt.Errorf("the event was not stored within 10 s")
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	grpcAddress, key := os.Args[1], os.Args[2]

	// gRPC needs HTTP/2, which Go speaks without TLS only if it is told to.
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	options := []connect.ClientOption{connect.WithGRPC(), withKey(key)}
	ingest := userflowv1connect.NewIngestServiceClient(client, grpcAddress, options...)
	pipeline := userflowv1connect.NewPipelineServiceClient(client, grpcAddress, options...)
	analytics := userflowv1connect.NewAnalyticsServiceClient(client, grpcAddress, options...)

	var batches [][]*userflowv1.Event
	for batch := range 3 {
		batches = append(batches, []*userflowv1.Event{newEvent(2 * batch), newEvent(2*batch + 1)})
	}
	batches = append(batches, batches[0])
	accepted, err := sendBatches(ctx, ingest, batches)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("accepted: %d, two of them sent again\n", accepted)

	first := batches[0][0].EventId
	found, err := waitUntilStored(ctx, pipeline, first)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("FindEvent %s: %s at partition %d, offset %d\n", first, found.State, found.LogPartition, found.LogOffset)

	recent, err := analytics.RecentEvents(ctx, connect.NewRequest(&userflowv1.RecentEventsRequest{Limit: 100, IncludeBots: true}))
	if err != nil {
		log.Fatal(err)
	}
	rows := 0
	for _, event := range recent.Msg.Events {
		if event.EventId == first {
			rows++
			fmt.Printf("RecentEvents: %s of %s on %s\n", event.EventName, event.UserId, event.PageUrl)
		}
	}
	fmt.Printf("rows of that event: %d\n", rows)
}
