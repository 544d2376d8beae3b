import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NAME_CHARS } from '@/lib/telemetry/dialects/values';
import { DIALECTS, recognise } from '@/lib/telemetry/recognise';
import type { JsonValue, RawSpan, Span } from '@/lib/telemetry/span';

function rawSpan(name: string, attributes: Record<string, JsonValue>, more: Partial<RawSpan> = {}): RawSpan {
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    parentSpanId: 'aaaaaaaaaaaaaaaa',
    name,
    kind: 1,
    startUs: 1_795_176_000_000_000,
    durationUs: 1000,
    status: 'unset',
    statusMessage: null,
    attributes,
    events: [],
    links: [],
    resource: {},
    scope: { name: 'tests', version: '' },
    faults: [],
    ...more,
  };
}

const read = (name: string, attributes: Record<string, JsonValue>, more?: Partial<RawSpan>): Span =>
  recognise(rawSpan(name, attributes, more));

describe('the GenAI conventions', () => {
  it('name a model call by its operation, with the model that answered and its tokens', () => {
    const span = read('chat gpt-4o', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.conversation.id': 'c-1',
      'gen_ai.agent.name': 'claims',
      'gen_ai.agent.id': 'a-1',
      'gen_ai.agent.version': '1.4',
    });
    expect(span).toMatchObject({
      operation: 'model',
      dialect: 'gen_ai',
      tool: null,
      model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      tokens: { input: 100, output: 20, cachedInput: 60 },
      agentName: 'claims',
      agentId: 'a-1',
      agentVersion: '1.4',
      conversationId: 'c-1',
    });
  });

  it('are understood by their deprecated names too', () => {
    const span = read('chat', {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4',
      'gen_ai.usage.prompt_tokens': '7',
      'gen_ai.usage.completion_tokens': '3',
    });
    expect(span).toMatchObject({
      operation: 'model',
      provider: 'openai',
      model: 'gpt-4',
      tokens: { input: 7, output: 3, cachedInput: 0 },
    });
  });

  it('name a tool call with its arguments and result, read from JSON', () => {
    const span = read('execute_tool refund.create', {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'refund.create',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': '{"amount":12.5}',
      'gen_ai.tool.call.result': '"done"',
    });
    expect(span.operation).toBe('tool');
    expect(span.tool).toEqual({
      name: 'refund.create',
      callId: 'call_1',
      arguments: { amount: 12.5 },
      result: 'done',
    });
  });

  it('leave arguments unknown when they were not recorded', () => {
    const { tool } = read('execute_tool refund.create', { 'gen_ai.operation.name': 'execute_tool' });
    expect(tool).toEqual({ name: 'refund.create', callId: null });
    expect(tool !== null && 'arguments' in tool).toBe(false);
  });

  it('leave arguments unknown when they were cut', () => {
    const cut = {
      'gen_ai.tool.name': 't',
      'gen_ai.tool.call.arguments': '{"amount": 1000000, "padding": "xxx',
    };
    expect(read('t', cut, { faults: ['truncated-attribute'] }).tool).toEqual({ name: 't', callId: null });
    expect(read('t', cut).tool?.arguments).toBe(cut['gen_ai.tool.call.arguments']);
  });

  it.each(['1e999', '-1e0999', `1${'0'.repeat(250)}e99`])(
    'keep a number too large for one as text: %s',
    (number) => {
      const span = read('execute_tool pay', {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'pay',
        'gen_ai.tool.call.arguments': `{"amounts":[12.5,${number}]}`,
      });
      const endless = number.startsWith('-') ? '-Infinity' : 'Infinity';
      expect(span.tool?.arguments).toEqual({ amounts: [12.5, endless] });
    },
  );

  it('may carry a tool call in events, as they once said', () => {
    const span = read(
      'execute_tool weather',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'weather' },
      {
        events: [
          { name: 'gen_ai.tool.message', atUs: 1, attributes: { content: '{"city":"Bonn"}' } },
          { name: 'gen_ai.choice', atUs: 2, attributes: { message: '[{"text":"sunny"}]' } },
        ],
      },
    );
    expect(span.tool).toMatchObject({ arguments: { city: 'Bonn' }, result: [{ text: 'sunny' }] });
  });

  it('give an agent no tokens: they are the sum of the calls below it', () => {
    const span = read('invoke_agent claims', {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'claims',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 500,
      'gen_ai.usage.output_tokens': 60,
      'gen_ai.usage.cost': 0.1,
    });
    expect(span).toMatchObject({
      operation: 'agent',
      tokens: null,
      reportedCostUsd: null,
      agentName: 'claims',
    });
  });

  it.each([
    ['embeddings', 'embedding'],
    ['retrieval', 'retrieval'],
    ['invoke_workflow', 'workflow'],
    ['create_agent', 'other'],
    ['upsert_memory', 'other'],
  ])('read %s as %s', (name, operation) => {
    expect(read(name, { 'gen_ai.operation.name': name }).operation).toBe(operation);
  });

  it('add cached tokens that the sender left out of the input', () => {
    const span = read('chat', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.usage.cache_read_input_tokens': 900,
    });
    expect(span.tokens).toEqual({ input: 905, output: 1, cachedInput: 900 });
  });
});

describe('MCP spans', () => {
  const call = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'search',
    'gen_ai.operation.name': 'execute_tool',
  };

  it('are a tool call where the call is made', () => {
    expect(read('tools/call search', call, { kind: 3 })).toMatchObject({
      operation: 'tool',
      tool: { name: 'search' },
    });
  });

  it("are not a second call on the server's side of it", () => {
    expect(read('tools/call search', call, { kind: 2 })).toMatchObject({ operation: 'other', tool: null });
    const alone = read('tools/call search', call, { kind: 2, parentSpanId: null });
    expect(alone.tool?.name).toBe('search');
  });

  it('about listing tools are no call', () => {
    expect(read('tools/list', { 'mcp.method.name': 'tools/list' })).toMatchObject({
      operation: 'other',
      dialect: 'mcp',
    });
  });
});

describe('OpenInference', () => {
  it('names a model call with tokens and the cost the client reported', () => {
    const span = read('ChatCompletion', {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.provider': 'openai',
      'llm.token_count.prompt': '90',
      'llm.token_count.completion': '10',
      'llm.token_count.prompt_details.cache_read': 30,
      'llm.cost.prompt': 0.01,
      'llm.cost.completion': 0.02,
      'session.id': 's-9',
    });
    expect(span).toMatchObject({
      operation: 'model',
      dialect: 'openinference',
      model: 'gpt-4o',
      tokens: { input: 90, output: 10, cachedInput: 30 },
      reportedCostUsd: 0.03,
      conversationId: 's-9',
    });
  });

  it('adds no cost in another currency to dollars', () => {
    const told = (currency: string) =>
      read('ChatCompletion', {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'llm.cost.total': 0.5,
        'llm.cost.currency': currency,
      }).reportedCostUsd;
    expect([told('USD'), told('usd'), told('EUR'), told('JPY')]).toEqual([0.5, 0.5, null, null]);
  });

  it('names a tool call by tool.name and its input', () => {
    const span = read('get_weather', {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'get_weather',
      'input.value': '{"args": [], "kwargs": {"city": "Bonn"}}',
      'output.value': 'sunny',
    });
    expect(span.tool).toEqual({
      name: 'get_weather',
      callId: null,
      arguments: { city: 'Bonn' },
      result: 'sunny',
    });
  });

  it('reads arguments that Python printed', () => {
    const span = read('search', {
      'openinference.span.kind': 'TOOL',
      'input.value': "{'q': 'it', 'top': 3, 'all': True}",
    });
    expect(span.tool?.arguments).toEqual({ q: 'it', top: 3, all: true });
  });

  it("names an agent by its graph node and ignores a chain's token counts", () => {
    expect(read('run', { 'openinference.span.kind': 'AGENT', 'graph.node.id': 'planner' })).toMatchObject({
      operation: 'agent',
      agentName: 'planner',
    });
    const chain = read('run', { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 9 });
    expect(chain).toMatchObject({ operation: 'workflow', tokens: null });
  });
});

describe('the Vercel AI SDK', () => {
  it('is an agent around model calls, whose usage counts once', () => {
    const usage = { 'ai.usage.inputTokens': 10, 'ai.usage.outputTokens': 2, 'ai.usage.cachedInputTokens': 4 };
    const outer = read('ai.streamText', {
      'ai.operationId': 'ai.streamText',
      'ai.model.id': 'gpt-4o',
      'ai.telemetry.functionId': 'triage',
      'ai.telemetry.metadata.sessionId': 's-1',
      ...usage,
    });
    expect(outer).toMatchObject({
      operation: 'agent',
      tokens: null,
      agentName: 'triage',
      conversationId: 's-1',
    });
    const inner = read('ai.streamText.doStream', {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.id': 'gpt-4o',
      'ai.model.provider': 'openai.responses',
      ...usage,
    });
    expect(inner).toMatchObject({
      operation: 'model',
      provider: 'openai',
      tokens: { input: 10, output: 2, cachedInput: 4 },
    });
  });

  it('names embeddings and tool calls', () => {
    expect(read('e', { 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 8 })).toMatchObject({
      operation: 'embedding',
      tokens: { input: 8, output: 0 },
    });
    expect(read('e', { 'ai.operationId': 'ai.embed', 'ai.usage.tokens': 8 })).toMatchObject({ tokens: null });
    const call = read('ai.toolCall', {
      'ai.operationId': 'ai.toolCall',
      'ai.toolCall.name': 'search',
      'ai.toolCall.id': 'c1',
      'ai.toolCall.args': '{"q":"x"}',
      'ai.toolCall.result': '[1,2]',
    });
    expect(call.tool).toEqual({ name: 'search', callId: 'c1', arguments: { q: 'x' }, result: [1, 2] });
  });
});

describe('other dialects', () => {
  it('LangSmith: its own span kind is believed before the operation it writes for others', () => {
    const prompt = read('ChatPromptTemplate', {
      'langsmith.span.kind': 'prompt',
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 4,
    });
    expect(prompt).toMatchObject({ operation: 'other', dialect: 'langsmith', tokens: null });
    const tool = read('search', {
      'langsmith.span.kind': 'tool',
      'gen_ai.operation.name': 'execute_tool',
      'langsmith.trace.name': 'search',
      'langsmith.trace.session_id': 'a project',
      'langsmith.metadata.thread_id': 't-1',
      'gen_ai.prompt': '{"q":"x"}',
      'gen_ai.completion': '{"hits":2}',
    });
    expect(tool).toMatchObject({
      conversationId: 't-1',
      tool: { name: 'search', arguments: { q: 'x' }, result: { hits: 2 } },
    });
  });

  it('OpenLLMetry: entities, with the arguments inside what LangChain records', () => {
    const tool = read('search.tool', {
      'traceloop.span.kind': 'tool',
      'traceloop.entity.name': 'search',
      'traceloop.entity.input': '{"input_str":"{\'q\': 1}","inputs":{"q":1},"kwargs":{}}',
      'traceloop.entity.output': '{"output":"found","kwargs":{}}',
      'traceloop.association.properties.session_id': 's-2',
    });
    expect(tool).toMatchObject({
      dialect: 'traceloop',
      conversationId: 's-2',
      tool: { name: 'search', arguments: { q: 1 }, result: 'found' },
    });
    expect(read('x.agent', { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'x' })).toMatchObject({
      operation: 'agent',
      agentName: 'x',
    });
    const llm = read('openai.chat', {
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': 3,
      'gen_ai.usage.completion_tokens': 1,
    });
    expect(llm).toMatchObject({ operation: 'model', tokens: { input: 3, output: 1 } });
  });

  it('Langfuse: usage types that add up to the total', () => {
    const span = read('ChatOpenAI', {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-4o',
      'langfuse.observation.usage_details':
        '{"input":70,"input_cache_read":30,"output":5,"output_reasoning":15,"total":120}',
      'langfuse.observation.cost_details': '{"total":0.004}',
      'langfuse.session.id': 's-3',
    });
    expect(span).toMatchObject({
      operation: 'model',
      model: 'gpt-4o',
      tokens: { input: 100, output: 20, cachedInput: 30 },
      reportedCostUsd: 0.004,
      conversationId: 's-3',
    });
  });

  it('Langfuse: usage whose details are counted in already', () => {
    const span = read('completion', {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.usage_details': { input: 100, input_cached_tokens: 30, output: 20, total: 120 },
    });
    expect(span.tokens).toEqual({ input: 100, output: 20, cachedInput: 30 });
  });

  it('Langfuse: tools and agents are called after their spans', () => {
    const tool = read('lookup', {
      'langfuse.observation.type': 'tool',
      'langfuse.observation.input': '{"args":[{"id":1}],"kwargs":{}}',
      'langfuse.observation.output': 'text',
    });
    expect(tool.tool).toEqual({ name: 'lookup', callId: null, arguments: { id: 1 }, result: 'text' });
    expect(read('claims', { 'langfuse.observation.type': 'agent' }).agentName).toBe('claims');
  });

  it('Google ADK: two spans of one model call count once, merged responses are no call', () => {
    const adk = { scope: { name: 'gcp.vertex.agent', version: '1.30.0' } };
    const usage = {
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.request.model': 'gemini',
    };
    expect(read('call_llm', usage, adk)).toMatchObject({
      operation: 'model',
      tokens: { input: 5, output: 1 },
    });
    const inner = read(
      'generate_content gemini',
      { 'gen_ai.operation.name': 'generate_content', ...usage },
      adk,
    );
    expect(inner).toMatchObject({ operation: 'other', tokens: null });
    const merged = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': '(merged tools)' };
    expect(read('execute_tool (merged tools)', merged, adk)).toMatchObject({
      operation: 'other',
      tool: null,
    });
  });

  it('CrewAI: roles are agents; its own notices repeat what other spans say', () => {
    const openinference = { scope: { name: 'openinference.instrumentation.crewai', version: '1' } };
    const task = { 'openinference.span.kind': 'AGENT', 'llm.token_count.prompt': 4 };
    expect(read('Claims adjuster._execute_core', task, openinference)).toMatchObject({
      operation: 'agent',
      agentName: 'Claims adjuster',
      tokens: null,
    });
    const tool = {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'search',
      'tool.parameters': '{"q":"x"}',
      'input.value': '{"tool":"…"}',
    };
    expect(read('search._use', tool, openinference).tool).toMatchObject({
      name: 'search',
      arguments: { q: 'x' },
    });
    const notice = read(
      'Tool Usage',
      { tool_name: 'search' },
      { scope: { name: 'crewai.telemetry', version: '' } },
    );
    expect(notice).toMatchObject({ operation: 'other', dialect: 'crewai', tool: null });
  });

  it('AutoGen: messages between agents, with the agent that handles one', () => {
    const span = read('autogen process assistant.(default)-A', {
      'messaging.operation': 'process',
      'messaging.destination': 'assistant.(default)-A',
    });
    expect(span).toMatchObject({ operation: 'other', dialect: 'autogen', agentName: 'assistant' });
  });

  it('Claude Code: input tokens leave out the cache, the execution inside a tool is no second call', () => {
    const model = read('claude_code.llm_request', {
      model: 'claude-opus-5-5',
      input_tokens: 2,
      output_tokens: 333,
      cache_read_tokens: 63_002,
      cache_creation_tokens: 679,
    });
    expect(model).toMatchObject({
      operation: 'model',
      model: 'claude-opus-5-5',
      tokens: { input: 63_683, output: 333, cachedInput: 63_002 },
    });
    expect(read('claude_code.tool', { tool_name: 'Bash' })).toMatchObject({
      operation: 'tool',
      tool: { name: 'Bash' },
    });
    expect(read('claude_code.tool.execution', { tool_name: 'Bash' })).toMatchObject({
      operation: 'other',
      tool: null,
    });
  });

  it('LiveKit: the request inside the node counts, not the node', () => {
    const livekit = { scope: { name: 'livekit-agents', version: '1.2' } };
    const usage = {
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 1,
    };
    expect(read('llm_request', usage, livekit)).toMatchObject({
      operation: 'model',
      tokens: { input: 5 },
      model: 'gpt-4o',
    });
    expect(read('llm_node', usage, livekit)).toMatchObject({ operation: 'other', tokens: null });
    const tool = {
      'lk.function_tool.name': 'book',
      'lk.function_tool.arguments': '{"day":1}',
      'lk.function_tool.output': 'ok',
    };
    expect(read('function_tool', tool, livekit).tool).toMatchObject({
      name: 'book',
      arguments: { day: 1 },
      result: 'ok',
    });
  });

  it('Mastra: a generation counts, its steps do not', () => {
    const usage = {
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 1,
    };
    const generation = read('llm', { 'mastra.span.type': 'model_generation', ...usage });
    expect(generation).toMatchObject({
      operation: 'model',
      dialect: 'mastra',
      tokens: { input: 5, output: 1 },
    });
    expect(read('step', { 'mastra.span.type': 'model_step', ...usage }).tokens).toBeNull();
    const tool = read('tool', {
      'mastra.span.type': 'tool_call',
      'gen_ai.tool.name': 'book',
      'mastra.tool_call.input': '{"day":1}',
    });
    expect(tool.tool).toMatchObject({ name: 'book', arguments: { day: 1 } });
  });

  it('MLflow: every value comes as JSON', () => {
    const model = read('ChatOpenAI', {
      'mlflow.spanType': '"CHAT_MODEL"',
      'mlflow.llm.model': '"gpt-4o"',
      'mlflow.chat.tokenUsage': '{"input_tokens":5,"output_tokens":2,"total_tokens":7}',
      'mlflow.llm.cost': '{"total_cost":0.5}',
    });
    expect(model).toMatchObject({
      operation: 'model',
      model: 'gpt-4o',
      tokens: { input: 5, output: 2 },
      reportedCostUsd: 0.5,
    });
    const tool = read('book', {
      'mlflow.spanType': '"TOOL"',
      'mlflow.spanInputs': '{"day":1}',
      'mlflow.spanOutputs': '"ok"',
    });
    expect(tool.tool).toMatchObject({ name: 'book', arguments: { day: 1 }, result: 'ok' });
  });

  it('Genkit: usage stands in the output of a model', () => {
    const model = read('gemini', {
      'genkit:name': 'googleai/gemini-2.5-flash',
      'genkit:metadata:subtype': 'model',
      'genkit:output': '{"usage":{"inputTokens":42,"outputTokens":17,"thoughtsTokens":3}}',
    });
    expect(model).toMatchObject({
      model: 'gemini-2.5-flash',
      provider: 'googleai',
      tokens: { input: 42, output: 20 },
    });
    const tool = read('t', {
      'genkit:name': 'book',
      'genkit:metadata:subtype': 'tool',
      'genkit:input': '{"day":1}',
    });
    expect(tool.tool).toMatchObject({ name: 'book', arguments: { day: 1 } });
  });

  it('Prefactor: span types of its SDKs', () => {
    const tool = read('ai-sdk:tool:refund', { inputs: '{"amount":3}', outputs: { ok: true } });
    expect(tool).toMatchObject({
      dialect: 'prefactor',
      tool: { name: 'refund', arguments: { amount: 3 }, result: { ok: true } },
    });
    const llm = read('langchain:llm', { token_usage: '{"prompt_tokens":5,"completion_tokens":2}' });
    expect(llm).toMatchObject({ operation: 'model', tokens: { input: 5, output: 2 } });
  });

  it('nobody’s: a tool is recognised by the names most give it', () => {
    expect(read('running tool: search', {})).toMatchObject({ dialect: 'generic', tool: { name: 'search' } });
    expect(read('call', { 'tool.name': 'search', 'tool.arguments': '{"q":1}' }).tool).toEqual({
      name: 'search',
      callId: null,
      arguments: { q: 1 },
    });
  });

  it('none: an ordinary span stays what it is', () => {
    expect(read('GET /claims', { 'http.request.method': 'GET', 'session.id': 's-4' })).toMatchObject({
      operation: 'other',
      dialect: 'none',
      tool: null,
      tokens: null,
      conversationId: 's-4',
    });
  });
});

describe('whatever a span carries', { timeout: 60_000 }, () => {
  const keys = [
    'gen_ai.operation.name',
    'gen_ai.tool.name',
    'gen_ai.tool.call.arguments',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.agent.name',
    'gen_ai.request.model',
    'gen_ai.conversation.id',
    'openinference.span.kind',
    'llm.token_count.prompt',
    'llm.cost.total',
    'tool.name',
    'input.value',
    'output.value',
    'ai.operationId',
    'ai.toolCall.name',
    'ai.toolCall.args',
    'ai.usage.inputTokens',
    'langfuse.observation.type',
    'langfuse.restored.usage.input',
    'langfuse.restored.input',
    'langfuse.restored.output',
    'langfuse.observation.usage_details',
    'langsmith.span.kind',
    'traceloop.span.kind',
    'traceloop.entity.input',
    'mcp.method.name',
    'gcp.vertex.agent.event_id',
    'gcp.vertex.agent.tool_response',
    'pydantic_ai.all_messages',
    'agent_name',
    'tools',
    'session.id',
    'messaging.destination',
    'prefactor.span.type',
    'token_usage',
    'tool_name',
  ];
  const words = fc.constantFrom<JsonValue>(
    'chat',
    'execute_tool',
    'invoke_agent',
    'TOOL',
    'LLM',
    'AGENT',
    'tool',
    'generation',
    'SPAN',
    'ai.toolCall',
    'ai.generateText',
    'tools/call',
    'llm',
    'x'.repeat(600),
    ' ',
    '12',
    -1,
    1e12,
    1.5,
    7,
    '{"kwargs":{"a":"\\u0000\\ud800"},"args":[]}',
    '{"lc":1,"type":"constructor","id":["ToolMessage"],"kwargs":{"name":"t"}}',
    `${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    '{"input":3,"total":"x"}',
    '{"amount":1e999}',
  );
  const value = fc.oneof(
    words,
    fc.jsonValue({ maxDepth: 3 }).map((v): JsonValue => JSON.parse(JSON.stringify(v))),
  );
  const anyRaw = fc.record({
    name: fc.constantFrom(
      'execute_tool x',
      'call_llm',
      'claude_code.tool',
      'ai-sdk:tool:t',
      'autogen process a',
      '',
      'x'.repeat(500),
    ),
    attributes: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 10 }),
    scope: fc.constantFrom(
      'gcp.vertex.agent',
      'pydantic-ai',
      'openinference.instrumentation.crewai',
      'other',
    ),
    kind: fc.integer({ min: 0, max: 5 }),
  });

  it('it is recognised, with facts that can be stored', () => {
    fc.assert(
      fc.property(anyRaw, ({ name, attributes, scope, kind }) => {
        const raw = rawSpan(name, attributes, { scope: { name: scope, version: '' }, kind });
        const before = structuredClone(raw);
        const span = recognise(raw);
        expect(raw).toEqual(before);
        // The database gives attributes back in another order.
        const stored = {
          ...raw,
          attributes: Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))),
        };
        expect(recognise(stored)).toEqual(span);
        expect(span.tool !== null).toBe(span.operation === 'tool');
        if (span.operation !== 'model' && span.operation !== 'embedding') expect(span.tokens).toBeNull();
        if (span.tokens !== null) {
          const { input, output, cachedInput } = span.tokens;
          for (const n of [input, output, cachedInput])
            expect(Number.isInteger(n) && n >= 0 && n < 2 ** 31).toBe(true);
          expect(cachedInput).toBeLessThanOrEqual(input);
        }
        const names = [
          span.tool?.name,
          span.tool?.callId,
          span.model,
          span.agentName,
          span.agentId,
          span.conversationId,
        ];
        for (const text of names) {
          if (typeof text !== 'string') continue;
          expect(text.length).toBeLessThanOrEqual(MAX_NAME_CHARS);
          expect(text.trim()).toBe(text);
          expect(text).not.toBe('');
        }
        expect(JSON.stringify(span.tool)).not.toMatch(/(?<!\\)(?:\\\\)*\\u(0000|d[89a-f])/);
        expect(['none', ...DIALECTS.map((dialect) => dialect.name)]).toContain(span.dialect);
      }),
      { numRuns: 1_000 },
    );
  });
});
