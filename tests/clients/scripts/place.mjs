// Where the product answers, and who asks.
export const { PILAH_URL: origin, PILAH_TOKEN: token } = process.env;
export const endpoint = `${origin}/graphql`;
export const socket = endpoint.replace('http', 'ws');
export const authorization = `Bearer ${token}`;

/** Prints what a script saw, for the test to judge. */
export const tell = seen => console.log(JSON.stringify(seen));
