import { z } from 'zod';

const errorSchema = z.object({
  error: z.object({ message: z.string(), issues: z.array(z.object({ message: z.string() })).optional() }),
});

/** Sends a file as the body of a POST, with its name; throws what the server said. `T` is what the route answers. */
export async function sendFile<T>(path: string, file: File): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(file.name) },
  }).catch(() => {
    throw new Error(
      'The file did not reach the server: the connection broke, or the file was changed meanwhile. Choose it again.',
    );
  });
  if (response.ok) {
    const body: T = await response.json();
    return body;
  }
  const told = errorSchema.safeParse(await response.json().catch(() => null));
  throw new Error(told.success ? told.data.error.message : `The server answered ${response.status}.`);
}
