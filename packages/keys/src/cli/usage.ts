/** What `pnpm keys` prints when it is asked for help, or asked wrongly. */
export const usage = `usage: pnpm keys <command> [options]

  init                          write one key document per service, each with only what that service needs;
                                keys that are there stay as they are
  status                        every key, its state and age, who has loaded it, what is safe to do next
  check                         the documents against each other and against the contracts

  rotate signing                the next step of a new signing key: publish, sign with it, remove the old one
  rotate edge <caller> <callee> the same for the key of one edge
  rotate sessions               the same for the key that the gateway seals sessions with
  rotate all                    the next step of each
  retire                        only the last step, of whatever is ready for it
  revoke <kid>                  emergency: the key is gone now, its successor takes over

  add-service <name>            a document for a new service
  allow <caller> <callee>       a key for an edge, at both ends
  forbid <caller> <callee>      no key for an edge, at neither end
  blast-radius <service>        what the holder of a service's document could do
  token --user <ada|admin>      an access token of a demo account                (development only)
  token --from <caller> --to <callee> --operation <resource.verb>
        [--param name=value] [--body <json>] [--user <ada|admin>]
                                a service token for one request                  (development only)

  --dir <folder>      where the documents are     (default: <DATA_DIR>/keys, DATA_DIR is .data unless set)
  --issuer <url>      init: the iss of access tokens (default: the one that is there, else http://127.0.0.1:4001)
  --admin <service>=<url>  where a replica tells what it has loaded: its admin port; give one for each replica
                      (default: those of a running pnpm dev, when --dir is not given)
  --wait              rotate: take every step to the end, waiting for whoever is not ready
  --force             take a step though somebody is not ready for it
  --reveal            status: print secrets as well
  --json              print what was done as JSON`;
