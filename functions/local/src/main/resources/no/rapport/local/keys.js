// Shows the keys of this start, to copy into a client.
(async () => {
  const answer = await fetch("/_local/keys", {cache: "no-store"});
  const list = document.getElementById("keys");
  for (const {role, organizations, key} of (await answer.json()).keys) {
    const term = document.createElement("dt");
    term.textContent = `${role} (${organizations})`;
    const value = document.createElement("dd");
    value.appendChild(document.createElement("code")).textContent = key;
    list.append(term, value);
  }
})();
