import { answerFile } from '@/lib/auth/answer-file';
import { publicKeyPem } from '@/lib/services/instance-keys/public-key-pem';

/** The instance's public key as PEM, to verify exports with: the one in use, or `?id=` an older one. */
export async function GET(request: Request): Promise<Response> {
  const id = new URL(request.url).searchParams.get('id');
  return answerFile(
    { name: 'countersign-instance.pem', type: 'application/x-pem-file' },
    async function* (actor) {
      yield await publicKeyPem(actor, id);
    },
  );
}
