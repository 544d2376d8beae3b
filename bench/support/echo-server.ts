/** The reference of `decide`: a bare Fastify that answers a JSON body with itself. Prints its address when it listens. */
import Fastify from 'fastify';

const server = Fastify();
server.post('/v1/runs/:key/decisions', async (request) => request.body);
console.log(await server.listen({ port: 0, host: '127.0.0.1' }));
