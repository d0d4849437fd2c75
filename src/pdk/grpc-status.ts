const statuses: Readonly<Record<number, number>> = {
  200: 0,
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
};

const names = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

/** The gRPC status that stands for an HTTP status; 2 (unknown) where none does. */
export function grpcStatusOf(status: number): number {
  const known = statuses[status];
  if (known !== undefined) return known;
  if (status >= 500 && status <= 599) return 13;
  if (status >= 400 && status <= 499) return 3;
  return status >= 200 && status <= 299 ? 0 : 2;
}

/** The name of a gRPC status, which is its message when there is no other. */
export function grpcMessageOf(grpcStatus: number): string {
  return names[grpcStatus] ?? 'Unknown';
}

/** True for HTTP/2 requests with a content type of gRPC. */
export function isGrpcRequest(contentType: string | undefined, httpVersion: number): boolean {
  return httpVersion === 2 && contentType !== undefined && contentType.startsWith('application/grpc');
}
