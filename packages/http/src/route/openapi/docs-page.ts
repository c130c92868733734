/**
 * The page around Swagger UI. It has no inline script, so that its policy needs no exception. Its icon is empty:
 * otherwise browsers request /favicon.ico.
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

/**
 * The script that starts Swagger UI. After a login on the page it fills in the token, which stays in the memory of the
 * page.
 */
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
