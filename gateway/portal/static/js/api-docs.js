// The interactive description of the API; the validator of swagger.io is off, so nothing leaves this server.
window.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const place = document.getElementById("swagger-ui");
  window.SwaggerUIBundle({ url: place.dataset.url, domNode: place, deepLinking: true, docExpansion: "none", validatorUrl: null });
});
