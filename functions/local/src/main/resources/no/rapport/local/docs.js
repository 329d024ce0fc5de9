// The API as this stack answers it: requests of the page go to the address that it came from.
SwaggerUIBundle({
  url: "/_local/docs/openapi.yaml",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: request => {
    const url = new URL(request.url, location.href);
    request.url = location.origin + url.pathname + url.search;
    return request;
  },
});
