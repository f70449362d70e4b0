// Command chat is the chat's other client: coder/websocket and the AWS SDK for Go v2, with nothing
// about gatehouse in it. It finds its way by the environment of `gatehouse env` alone.
//
//	chat URL MANAGEMENT-URL TABLE FUNCTION
//
// It prints what it sees, a line each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	gone "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/coder/websocket"
)

type message struct {
	Type    string `json:"type"`
	Payload struct {
		User    string `json:"user"`
		Message string `json:"message"`
	} `json:"payload"`
}

type client struct {
	ctx    context.Context
	name   string
	socket *websocket.Conn
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func dial(ctx context.Context, url, name string) client {
	socket, _, err := websocket.Dial(ctx, url+"?username="+name, nil)
	must(err)
	return client{ctx, name, socket}
}

func (c client) send(text string) {
	must(c.socket.Write(c.ctx, websocket.MessageText, []byte(text)))
}

func (c client) receive() string {
	_, data, err := c.socket.Read(c.ctx)
	must(err)
	return string(data)
}

// receiveMessage prints a broadcast as the seed's client does.
func (c client) receiveMessage() {
	var m message
	must(json.Unmarshal([]byte(c.receive()), &m))
	fmt.Printf("%s: 📨 Message from %s: %s\n", c.name, m.Payload.User, m.Payload.Message)
}

func (c client) id() string {
	c.send(`{"action":"getConnectionId"}`)
	var answer struct {
		ConnectionID string `json:"connectionId"`
	}
	must(json.Unmarshal([]byte(c.receive()), &answer))
	return answer.ConnectionID
}

// talk has both say something; what they see is printed.
func talk(ann, bob client) {
	ann.send(`{"action":"sendMessage","message":"hello"}`)
	ann.receiveMessage()
	bob.receiveMessage()
	ann.send(fmt.Sprintf(`{"action":"sendDirect","connectionId":%q,"operationType":"signing",`+
		`"message":{"txId":"abc123","amount":1.50}}`, bob.id()))
	fmt.Printf("bob: %s\n", bob.receive())
}

// manage posts to bob, looks at him and closes him, as a backend does.
func manage(ctx context.Context, cfg aws.Config, url string, bob client) {
	id := aws.String(bob.id())
	api := apigatewaymanagementapi.NewFromConfig(cfg,
		func(o *apigatewaymanagementapi.Options) { o.BaseEndpoint = aws.String(url) })
	post := func() error {
		_, err := api.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{
			ConnectionId: id, Data: []byte("from the SDK: 1.50 Grüße")})
		return err
	}
	must(post())
	fmt.Printf("bob: %s\n", bob.receive())
	got, err := api.GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{ConnectionId: id})
	must(err)
	fmt.Printf("connected before active: %v\n", !got.LastActiveAt.Before(*got.ConnectedAt))
	_, err = api.DeleteConnection(ctx,
		&apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: id})
	must(err)
	_, _, err = bob.socket.Read(ctx)
	fmt.Printf("bob closed: %d\n", websocket.CloseStatus(err))
	var isGone *gone.GoneException
	fmt.Printf("gone: %v\n", errors.As(post(), &isGone))
}

// backends reads the chat's table and invokes its broadcast.
func backends(ctx context.Context, cfg aws.Config, table, function string, ann client) {
	rows, err := dynamodb.NewFromConfig(cfg).Scan(ctx,
		&dynamodb.ScanInput{TableName: aws.String(table)})
	must(err)
	fmt.Printf("rows: %d\n", rows.Count)
	invoked, err := lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(function),
		Payload:      []byte(`{"action":"sendmessage","message":"from the server"}`)})
	must(err)
	ann.receiveMessage()
	fmt.Printf("invoked: %s\n", invoked.Payload)
}

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Second)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx)
	must(err)
	url, managementURL, table, function := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	ann, bob := dial(ctx, url, "ann"), dial(ctx, url, "bob")
	talk(ann, bob)
	manage(ctx, cfg, managementURL, bob)
	backends(ctx, cfg, table, function, ann)
	must(ann.socket.Close(4001, "enough"))
}
