/** What is installed for each, what an application has besides the files of the README, and how it is built and started. */
export const FRAMEWORKS = [
  { name: "Express", heading: "Express", packages: ["express@5"], files: {}, start: [process.execPath, "server.mjs"] },
  { name: "Fastify", heading: "Fastify", packages: ["fastify@5"], files: {}, start: [process.execPath, "server.mjs"] },
  {
    name: "Hono",
    heading: "Hono",
    packages: ["hono@4", "@hono/node-server@2"],
    files: {},
    start: [process.execPath, "server.mjs"],
  },
  {
    name: "Nest",
    heading: "Nest",
    packages: ["@nestjs/core@12", "@nestjs/common@12", "@nestjs/platform-express@12", "reflect-metadata@0.2", "rxjs@7"],
    files: { "app.module.mjs": nestModule() },
    start: [process.execPath, "main.mjs"],
  },
  {
    name: "Next",
    heading: "Next",
    packages: ["next@16", "react@19", "react-dom@19"],
    files: {
      "app/layout.js": 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n',
      "app/page.js": "export default () => <p>the application</p>;\n",
    },
    build: ["next", "build"],
    start: ["npx", "next", "start"],
  },
];

/** What decorators make of a class, written out, since this is no TypeScript. */
function nestModule() {
  return `import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";

class Pages {
  home() {
    return "the application";
  }
}
Get()(Pages.prototype, "home", Object.getOwnPropertyDescriptor(Pages.prototype, "home"));
Controller()(Pages);

export class AppModule {}
Module({ controllers: [Pages] })(AppModule);
`;
}
