// The audits of GraphQL over HTTP, each as {id, name, status}.
import { auditServer } from 'graphql-http';
import { authorization, endpoint, tell } from './place.mjs';

const fetchFn = (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization } });

const results = await auditServer({ url: endpoint, fetchFn });
tell(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })));
