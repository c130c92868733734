# syntax=docker/dockerfile:1
# One image for every service: docker build --build-arg SERVICE=user -t user .
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
ARG SERVICE
WORKDIR /src
# The packages first, by the lockfile alone: they change less often than the source.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN CI=true npx -y pnpm@12.21.0 fetch
COPY tools/check/pnpm-lock.yaml tools/check/pnpm-workspace.yaml tools/check/
RUN cd tools/check && CI=true npx -y pnpm@12.21.0 fetch
COPY . .
RUN CI=true npx -y pnpm@12.21.0 install --frozen-lockfile --offline
RUN npx -y pnpm@12.21.0 build
# The service with its production dependencies and nothing else.
RUN test -n "$SERVICE" && npx -y pnpm@12.21.0 --filter "$SERVICE" deploy --prod /app

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app .
USER node
# Exec form: the service itself gets SIGTERM, and drains.
CMD ["node", "dist/main.js"]
