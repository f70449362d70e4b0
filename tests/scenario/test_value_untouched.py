"""A direct message's `message` arrives byte for byte (issue 2, "value untouched")."""

import pytest
from harness import connection_id, open_socket, receive

VALUES = [
    "1.50",
    "1e400",
    "-0",
    "-0.0E-0",
    "1E+2",
    "0.1000000000000000055511151231257827",
    "12345678901234567890123456789012345678",
    "-99999999999999999999999999999999999999",
    '{"a":1,"a":2,"a":1}',
    r'"\u00e9\/\ud83d\ude00\b\f\n\r\t\"\\"',
    r'"\u0000\u001b[31m"',
    r'"\ud800"',
    '"é😀\u2028\u202e\x7f"',
    '{ "b" : [ 1 ,  2 ] ,\n\t"a" : { } }',
    '{"":"","constructor":null,"__proto__":{}}',
    "[[[[[[[[[[true]]]]]]]]]]",
    "null",
    "true",
    '""',
    "{}",
    "[]",
    '{"txId":"abc123","signature":"0xdeadbeef"}',
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("order", ["last", "first", "spaced"])
async def test_byte_for_byte(gatehouse, value, order):
    async with open_socket(gatehouse, "?username=ann") as ann, open_socket(gatehouse) as bob:
        ann_id, bob_id = await connection_id(ann), await connection_id(bob)
        rest = '"action":"sendDirect","connectionId":"%s","operationType":"signing"' % bob_id
        await ann.send({
            "last": '{%s,"message":%s}' % (rest, value),
            "first": '{"message":%s,%s}' % (value, rest),
            "spaced": ' { "message" : \n%s\t, %s } ' % (value, rest),
        }[order])
        assert await receive(bob) == (
            '{"operationType":"signing","from":"%s","user":"ann","message":%s}' % (ann_id, value))


async def test_a_long_value(gatehouse):
    value = '[%s1e400]' % ("1.50," * 20000)
    async with open_socket(gatehouse, "?username=ann") as ann:
        ann_id = await connection_id(ann)
        text = ('{"action":"sendDirect","connectionId":"%s","operationType":"t","message":%s}'
                % (ann_id, value))
        await ann.send([text[at:at + 32768] for at in range(0, len(text), 32768)])
        assert await receive(ann) == (
            '{"operationType":"t","from":"%s","user":"ann","message":%s}' % (ann_id, value))
