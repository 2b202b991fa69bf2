// The token stands behind the address's #, where no server sees it; it does not stay in the address bar.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
addEventListener("hashchange", () => location.reload());

const GIVE_UP_MS = 30000;
const root = document.documentElement;
const locale = root.lang === "en" ? "en-GB" : root.lang;
const ask = document.getElementById("ask");
const language = document.querySelector("nav a");
let isUnderWay = false;

const show = (name) => {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  if (name !== "wait") document.querySelector(`#${name} h1`).focus();
};

const moment = (text) => {
  const day = { dateStyle: "long", timeZone: "UTC" };
  const at = new Date(text);
  const hasTime = text.length > 10 && at.getTime() % 86400000 !== 0;
  return hasTime
    ? `${new Intl.DateTimeFormat(locale, { ...day, timeStyle: "short" }).format(at)} UTC`
    : new Intl.DateTimeFormat(locale, day).format(at);
};

const kindName = (kind) => document.querySelector(`#kind option[value="${kind}"]`).textContent;

const fill = (section, values) => {
  for (const place of section.querySelectorAll("[data-shows]")) {
    const text = values[place.dataset.shows] || "";
    place.textContent = text;
    if (place.parentElement.parentElement.tagName === "DL") place.parentElement.hidden = !text;
  }
};

const send = async (address, body) => {
  const headers = { "Accept-Language": root.lang, "Content-Type": "application/json" };
  if (root.dataset.csrf) headers["X-CSRFToken"] = root.dataset.csrf;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers,
      body: JSON.stringify({ token, ...body }),
      cache: "no-store",
      signal: giveUp.signal,
    });
    return { status: answer.status, isOk: answer.ok, said: answer.status === 204 ? {} : await answer.json() };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};

const clearTrouble = () => {
  for (const name of ["problem", "silence"]) document.getElementById(name).hidden = true;
};

const tell = (answer) => {
  const box = document.getElementById(answer ? "problem" : "silence");
  if (answer) {
    box.querySelector("p").textContent = answer.said.detail;
    const items = (answer.said.errors || []).map((error) => {
      const item = document.createElement("li");
      item.textContent = error.detail;
      return item;
    });
    box.querySelector("ul").replaceChildren(...items);
  }
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
};

const bodyOf = (form) => {
  const body = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  const date = form.querySelector("[type=date]");
  if (date) {
    const time = form.querySelector("[type=time]");
    const isOther = date.value !== date.defaultValue || time.value !== time.defaultValue;
    if (isOther) body.occurred_at = `${date.value}T${time.value || "00:00"}:00Z`;
  }
  return body;
};

const submit = async (event) => {
  event.preventDefault();
  if (isUnderWay) return;
  isUnderWay = true;
  clearTrouble();
  const buttons = document.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  const answer = await send(event.target.dataset.send, bodyOf(event.target));
  if (answer && answer.isOk) {
    const { verdict, attested_on } = answer.said;
    fill(document.getElementById("done"), { attested_on: attested_on && moment(attested_on) });
    for (const place of document.querySelectorAll("[data-verdict]")) place.hidden = place.dataset.verdict !== verdict;
    language.hidden = true;
    show("done");
    return;
  }
  if (answer && answer.said.code === "link_not_usable") {
    show("dead");
    return;
  }
  tell(answer);
  for (const button of buttons) button.disabled = false;
  isUnderWay = false;
};

const open = async () => {
  show("wait");
  const answer = await send(ask.dataset.open, {});
  if (!answer || !answer.isOk) {
    show(answer && answer.status === 422 ? "dead" : "away");
    if (answer && answer.status !== 422) tell(answer);
    return;
  }
  const { said } = answer;
  fill(ask, {
    ...said,
    occurred_at: moment(said.occurred_at),
    expires_at: moment(said.expires_at),
    answers: said.answers && `${kindName(said.answers.kind)}, ${moment(said.answers.occurred_at)}`,
  });
  const [date, time] = new Date(said.occurred_at).toISOString().split("T");
  document.getElementById("date").defaultValue = date;
  document.getElementById("time").defaultValue = time.startsWith("00:00") ? "" : time.slice(0, 5);
  document.getElementById("kind").value = said.kind;
  show("ask");
};

if (token) {
  language.hash = token;
  for (const form of document.forms) form.addEventListener("submit", submit);
  if (ask.dataset.open) open();
  else show("ask");
} else {
  show("bare");
}
