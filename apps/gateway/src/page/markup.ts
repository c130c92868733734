/**
 * The page as it is served: to everybody alike, with nothing in it about anybody. Its icon is empty: without one, browsers
 * ask for /favicon.ico.
 */
export const markup = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Shop</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css">
<script type="module" src="/shop.js"></script>
</head>
<body>
<header>
<h1>Shop</h1>
<p id="who"></p>
<button type="button" id="log-out" hidden>Log out</button>
</header>
<main>
<p id="said" role="status"></p>
<div id="trouble" role="alert"></div>
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="door" class="columns" hidden>
<form id="log-in" class="card" method="post" novalidate aria-labelledby="log-in-title">
<h2 id="log-in-title">Log in</h2>
<p class="hint"><code>pnpm dev</code> names two demo accounts once it is ready.</p>
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
</form>
<form id="register" class="card" method="post" novalidate aria-labelledby="register-title">
<h2 id="register-title">Register</h2>
<label>Name <input name="name" autocomplete="name" required></label>
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" required></label>
<button>Register</button>
</form>
</div>
<div id="shop" hidden>
<section aria-labelledby="products-title">
<h2 id="products-title" tabindex="-1">Products</h2>
<div id="products"></div>
</section>
<section aria-labelledby="orders-title">
<h2 id="orders-title">Your orders</h2>
<div id="orders"></div>
</section>
<section aria-labelledby="sessions-title">
<h2 id="sessions-title" tabindex="-1">Where you are logged in</h2>
<div id="sessions"></div>
</section>
</div>
</main>
<footer><p>To try the gateway with; not there in production. What else it serves: <a href="/docs">its API</a>.</p></footer>
</body>
</html>
`;
