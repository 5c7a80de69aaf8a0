const TOKEN = 'pilah:token';
const TABS = 'graphiql:tabState';
const PLACEHOLDER = 'Bearer paste-your-token-here';

const asHeaders = authorization => JSON.stringify({ Authorization: authorization }, null, 2);

export function defaultHeaders() {
  const token = sessionStorage.getItem(TOKEN);
  return asHeaders(token ? `Bearer ${token}` : PLACEHOLDER);
}

export function withoutPlaceholder(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([, value]) => value !== PLACEHOLDER));
}

function storedTabs() {
  try {
    const state = JSON.parse(sessionStorage.getItem(TABS));
    return Array.isArray(state?.tabs) ? state : null;
  } catch {
    return null;
  }
}

export function storedTab() {
  const state = storedTabs();
  return state?.tabs[state.activeTabIndex] ?? null;
}

/** Moves a token from the address (`#token=…`) into this browser tab; answers whether there was one. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')?.trim();
  if (!token) return false;
  history.replaceState(null, '', location.pathname + location.search);
  sessionStorage.setItem(TOKEN, token);
  const state = storedTabs();
  if (state) {
    const headers = asHeaders(`Bearer ${token}`);
    state.tabs = state.tabs.map(tab => ({ ...tab, headers }));
    sessionStorage.setItem(TABS, JSON.stringify(state));
  }
  return true;
}
