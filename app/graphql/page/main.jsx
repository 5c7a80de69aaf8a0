import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { getIntrospectionQuery } from 'graphql';
import { createRoot } from 'react-dom/client';
import { defaultHeaders, storedTab, takeToken, withoutPlaceholder } from './session.js';

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};

const endpoint = new URL(location.pathname, location.origin);
const socket = new URL(endpoint);
socket.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const send = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

// GraphiQL's own question leaves out which inputs take exactly one of their fields.
const introspection = getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true });

function fetcher(params, options) {
  if (params.operationName !== 'IntrospectionQuery') {
    return send(params, { ...options, headers: withoutPlaceholder(options?.headers) });
  }
  // The headers editor may not be there yet when GraphiQL first asks for the schema.
  const headers = options?.headers ?? JSON.parse(defaultHeaders());
  return send({ ...params, query: introspection }, { ...options, headers: withoutPlaceholder(headers) });
}

takeToken();
addEventListener('hashchange', () => takeToken() && location.reload());

const headers = defaultHeaders();
const tabs = STORIES.map(story => ({ ...story, headers }));
const active = storedTab() ?? tabs[0];

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={sessionStorage}
    shouldPersistHeaders
    showPersistHeadersSettings={false}
    defaultHeaders={headers}
    defaultTabs={tabs}
    initialQuery={active.query ?? ''}
    initialVariables={active.variables ?? ''}
    initialHeaders={active.headers ?? ''}
    defaultEditorToolsVisibility="variables"
    inputValueDeprecation
  />,
);
