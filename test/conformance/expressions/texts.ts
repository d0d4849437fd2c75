/** Expressions that Kong 3.9.3 refuses, with the text that it gives the reason in. */
export const refused: readonly (readonly [expression: string, message: string])[] = [
  ['foo bar', ' --> 1:5\n  |\n1 | foo bar\n  |     ^---\n  |\n  = expected binary_operator'],
  ['foo', ' --> 1:4\n  |\n1 | foo\n  |    ^---\n  |\n  = expected binary_operator'],
  [
    '(http.method == "GET") &&',
    ' --> 1:26\n  |\n1 | (http.method == "GET") &&\n  |                          ^---\n  |\n  = expected term',
  ],
  [
    'http.method == "GET" http.host',
    ' --> 1:22\n  |\n1 | http.method == "GET" http.host\n  |                      ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'http.method = "GET"',
    ' --> 1:13\n  |\n1 | http.method = "GET"\n  |             ^---\n  |\n  = expected binary_operator',
  ],
  ['http.method == ', ' --> 1:16\n  |\n1 | http.method == \n  |                ^---\n  |\n  = expected rhs'],
  [
    'http.method == "GE',
    ' --> 1:19\n  |\n1 | http.method == "GE\n  |                   ^---\n  |\n  = expected str_char or str_esc',
  ],
  [
    'http.method == "G\\xE"',
    ' --> 1:18\n  |\n1 | http.method == "G\\xE"\n  |                  ^---\n  |\n  = expected str_char or str_esc',
  ],
  [
    'http.method == r#"GE',
    ' --> 1:21\n  |\n1 | http.method == r#"GE\n  |                     ^---\n  |\n  = expected rawstr_char',
  ],
  ['http.method == GET', ' --> 1:16\n  |\n1 | http.method == GET\n  |                ^---\n  |\n  = expected rhs'],
  [
    'http.method == -',
    ' --> 1:17\n  |\n1 | http.method == -\n  |                 ^---\n  |\n  = expected oct_digits or dec_digits',
  ],
  [
    'http.method == 0x',
    ' --> 1:18\n  |\n1 | http.method == 0x\n  |                  ^---\n  |\n  = expected hex_digits',
  ],
  [
    'http.method == 0xZ',
    ' --> 1:18\n  |\n1 | http.method == 0xZ\n  |                  ^---\n  |\n  = expected hex_digits',
  ],
  [
    'net.dst.port == 019',
    ' --> 1:19\n  |\n1 | net.dst.port == 019\n  |                   ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'net.dst.port == - 5',
    ' --> 1:18\n  |\n1 | net.dst.port == - 5\n  |                  ^---\n  |\n  = expected oct_digits or dec_digits',
  ],
  [
    'net.dst.port == 99999999999999999999',
    ' --> 1:17\n  |\n1 | net.dst.port == 99999999999999999999\n  |                 ^------------------^\n  |\n  = number too large to fit in target type',
  ],
  [
    'net.dst.port == -9223372036854775808',
    ' --> 1:18\n  |\n1 | net.dst.port == -9223372036854775808\n  |                  ^-----------------^\n  |\n  = number too large to fit in target type',
  ],
  [
    'net.src.ip == 1.2.3.400',
    ' --> 1:15\n  |\n1 | net.src.ip == 1.2.3.400\n  |               ^-------^\n  |\n  = invalid IPv4 address syntax',
  ],
  [
    'net.src.ip == 1.2.3',
    ' --> 1:16\n  |\n1 | net.src.ip == 1.2.3\n  |                ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'net.src.ip in 1.2.3.4/16',
    ' --> 1:15\n  |\n1 | net.src.ip in 1.2.3.4/16\n  |               ^--------^\n  |\n  = host part of address was not zero',
  ],
  [
    'net.src.ip in 1.2.3.0/33',
    ' --> 1:15\n  |\n1 | net.src.ip in 1.2.3.0/33\n  |               ^--------^\n  |\n  = invalid length for network: Network length 33 is too long for Ipv4 (maximum: 32)',
  ],
  [
    'net.src.ip in 1.2.3.0/99',
    ' --> 1:15\n  |\n1 | net.src.ip in 1.2.3.0/99\n  |               ^--------^\n  |\n  = invalid length for network: Network length 99 is too long for Ipv4 (maximum: 32)',
  ],
  [
    'net.src.ip in fe80::1/10',
    ' --> 1:15\n  |\n1 | net.src.ip in fe80::1/10\n  |               ^--------^\n  |\n  = host part of address was not zero',
  ],
  [
    'net.src.ip in ::/129',
    ' --> 1:15\n  |\n1 | net.src.ip in ::/129\n  |               ^----^\n  |\n  = invalid length for network: Network length 129 is too long for Ipv6 (maximum: 128)',
  ],
  [
    'net.src.ip == 1::2::3',
    ' --> 1:15\n  |\n1 | net.src.ip == 1::2::3\n  |               ^-----^\n  |\n  = invalid IPv6 address syntax',
  ],
  ['net.src.ip == :x', ' --> 1:15\n  |\n1 | net.src.ip == :x\n  |               ^---\n  |\n  = expected rhs'],
  [
    'net.src.ip not 10.0.0.0/8',
    ' --> 1:12\n  |\n1 | net.src.ip not 10.0.0.0/8\n  |            ^---\n  |\n  = expected binary_operator',
  ],
  ['net.src.ip in 10.0.0.1', 'In/NotIn operators only supports IP in CIDR'],
  ['net.src.ip in "x"', 'In/NotIn operators only supports IP in CIDR'],
  [
    'http.path ~ 5',
    ' --> 1:13\n  |\n1 | http.path ~ 5\n  |             ^\n  |\n  = regex operator can only be used with String operands',
  ],
  ['net.src.ip ~ "a"', 'Regex operators only supports string operands'],
  ['net.dst.port > "a"', 'Type mismatch between the LHS and RHS values of predicate'],
  ['http.path > 5', 'Type mismatch between the LHS and RHS values of predicate'],
  ['http.path > "a"', 'Greater/GreaterOrEqual/Lesser/LesserOrEqual operators only supports integer operands'],
  ['net.dst.port ^= 5', 'Regex/Prefix/Postfix operators only supports string operands'],
  ['net.dst.port contains 5', 'Contains operator only supports string operands'],
  ['lower(net.dst.port) == 5', 'lower-case transformation function only supported with String type fields'],
  [
    'upper(http.path) == "a"',
    ' --> 1:1\n  |\n1 | upper(http.path) == "a"\n  | ^--------------^\n  |\n  = unknown transformation function: upper',
  ],
  [
    'lower(http.path == "a"',
    ' --> 1:7\n  |\n1 | lower(http.path == "a"\n  |       ^---\n  |\n  = expected transform_func',
  ],
  ['lower() == "a"', ' --> 1:7\n  |\n1 | lower() == "a"\n  |       ^---\n  |\n  = expected lhs'],
  ['!http.method == "GET"', ' --> 1:1\n  |\n1 | !http.method == "GET"\n  | ^---\n  |\n  = expected term'],
  ['!!(http.method == "GET")', ' --> 1:1\n  |\n1 | !!(http.method == "GET")\n  | ^---\n  |\n  = expected term'],
  [
    '(http.method == "GET"',
    ' --> 1:22\n  |\n1 | (http.method == "GET"\n  |                      ^---\n  |\n  = expected and_op or or_op',
  ],
  [
    'http.method == "GET")',
    ' --> 1:21\n  |\n1 | http.method == "GET")\n  |                     ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    '((http.method == "GET")',
    ' --> 1:24\n  |\n1 | ((http.method == "GET")\n  |                        ^---\n  |\n  = expected and_op or or_op',
  ],
  ['unknown == "a"', 'Unknown LHS field'],
  ['http.headers == "a"', 'Unknown LHS field'],
  ['http.headers.a.b == "a"', 'Unknown LHS field'],
  [
    'http.headers.x-y == "a"',
    ' --> 1:15\n  |\n1 | http.headers.x-y == "a"\n  |               ^---\n  |\n  = expected binary_operator',
  ],
  ['http.path.segments.len == "a"', 'Type mismatch between the LHS and RHS values of predicate'],
  ['http.path.segments.len0 == 1', 'Type mismatch between the LHS and RHS values of predicate'],
  [
    'http.method == "GET" & http.host == "x"',
    ' --> 1:22\n  |\n1 | http.method == "GET" & http.host == "x"\n  |                      ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'http.method == "GET" && ',
    ' --> 1:25\n  |\n1 | http.method == "GET" && \n  |                         ^---\n  |\n  = expected term',
  ],
  [
    'http.method == "GET" && (',
    ' --> 1:26\n  |\n1 | http.method == "GET" && (\n  |                          ^---\n  |\n  = expected term',
  ],
  ['1 == 1', ' --> 1:1\n  |\n1 | 1 == 1\n  | ^---\n  |\n  = expected term'],
  ['"a" == http.method', ' --> 1:1\n  |\n1 | "a" == http.method\n  | ^---\n  |\n  = expected term'],
  [
    'http.path contains "a" contains "b"',
    ' --> 1:24\n  |\n1 | http.path contains "a" contains "b"\n  |                        ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'http.method != "GET"\n && http.host == x',
    ' --> 2:18\n  |\n2 |  && http.host == x\n  |                  ^---\n  |\n  = expected rhs',
  ],
  ['http.method == "a\nb" && q', ' --> 2:8\n  |\n2 | b" && q\n  |        ^---\n  |\n  = expected binary_operator'],
  [
    'http.method\t== "GET" x',
    ' --> 1:22\n  |\n1 | http.method\t== "GET" x\n  |            \t         ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
  [
    'http.method == "é" x',
    ' --> 1:20\n  |\n1 | http.method == "é" x\n  |                    ^---\n  |\n  = expected EOI, and_op, or or_op',
  ],
];

/** Expressions that Kong 3.9.3 takes. */
export const taken: readonly string[] = [
  'http.method == "GET" && http.host == "a" || http.path == "/"',
  'http.method == "GET" || http.host == "a" && http.path == "/"',
  'net.dst.port == 017',
  'net.dst.port == 08',
  'net.dst.port == -0x1F',
  'net.src.ip in 01.2.3.0/24',
  'net.src.ip == ::1',
  'net.src.ip in fe80::/10',
  'net.src.ip not in 10.0.0.0/8',
  'any(lower(http.headers.foo)) == "a"',
  'lower(any(http.headers.foo)) == "a"',
  '!(http.method == "GET")',
  '!(!(http.method == "GET"))',
  '! ( http.method == "GET")',
  'http.path.segments.0 == "a"',
  'http.path.segments.len == 1',
  'http.method=="GET"&&http.host=="x"',
  'http.path contains"a"',
  'http.method == "GET"\n',
  'http.path =^ ".js"',
  'http.path ~ r#"^/a/(?<x>\\d+)$"#',
  'http.path == "a" || http.path == "b" && http.method == "c" || http.path == "d" && http.host == "e"',
];
