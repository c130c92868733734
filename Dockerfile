# syntax=docker/dockerfile:1
# One image for every service: docker build --build-arg SERVICE=user -t user .
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
ARG SERVICE
WORKDIR /src
# The dependencies first: they change less often than the source.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY apps/user/package.json apps/user/
COPY apps/product/package.json apps/product/
COPY apps/order/package.json apps/order/
COPY packages/contracts/package.json packages/contracts/
COPY packages/devstack/package.json packages/devstack/
COPY packages/http/package.json packages/http/
COPY packages/keys/package.json packages/keys/
COPY packages/revocation/package.json packages/revocation/
COPY packages/service/package.json packages/service/
COPY packages/verify/package.json packages/verify/
COPY prisma/package.json prisma/
RUN CI=true npx -y pnpm@12.21.0 install --frozen-lockfile
COPY . .
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
