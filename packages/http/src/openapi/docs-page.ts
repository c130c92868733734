/**
 * The page around Swagger UI. It holds no script of its own, so that its policy needs no exception. Its icon is empty: without
 * one, browsers ask for /favicon.ico.
 */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Starts Swagger UI; after a login from the page its token is filled in. The token stays in the page's memory. */
export const docsScript = `const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  tryItOutEnabled: true,
  requestSnippetsEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
  responseInterceptor(response) {
    const token = response.body && response.body.access_token;
    if (response.ok && token) ui.preauthorizeApiKey('bearer', token);
    return response;
  },
});
`;
