// Two tabs of a real Chromium in one chat room: what each shows, as JSON.
const CDP = require('chrome-remote-interface');
const [, , port, url] = process.argv;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function open(name) {
  const target = await CDP.New({ port: Number(port), url: `${url}/?name=${encodeURIComponent(name)}` });
  const tab = await CDP({ port: Number(port), target, local: true });
  await Promise.all([tab.Page.enable(), tab.Runtime.enable()]);
  const evaluate = async (expression) => (await tab.Runtime.evaluate({ expression, returnByValue: true })).result.value;
  const until = async (expression, what) => {
    for (let i = 0; i < 200; i++) {
      if (await evaluate(expression)) return;
      await sleep(50);
    }
    throw new Error(`${name}: ${what} does not come; the page shows ${await evaluate('document.body.innerText')}`);
  };
  await until(`document.getElementById('state')?.className === 'open'`, 'the connection');
  return {
    evaluate,
    until,
    close: () => CDP.Close({ port: Number(port), id: target.id }),
    said: () => evaluate(`[...document.querySelectorAll('#said li')].map((li) => [li.firstChild.textContent, li.lastChild.textContent, li.className])`),
    // As somebody at the keyboard does it.
    async say(text) {
      await tab.Page.bringToFront();
      await evaluate(`document.getElementById('text').focus()`);
      await tab.Input.insertText({ text });
      await tab.Input.dispatchKeyEvent({ type: 'keyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' });
      await tab.Input.dispatchKeyEvent({ type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
    },
    shows: (text) => until(`document.getElementById('said').textContent.includes(${JSON.stringify(text)})`, text),
    members: () => evaluate(`document.getElementById('members').textContent`),
  };
}

(async () => {
  const ada = await open('Ada');
  await ada.say('Is anybody here?');
  await ada.shows('Is anybody here?');
  const bob = await open('Bob');
  await bob.shows('Is anybody here?');
  await ada.until(`document.getElementById('members').textContent.startsWith('2')`, 'the second member');
  await bob.say('I am <b>Bob</b> 👋');
  await ada.shows('I am <b>Bob</b> 👋');
  await ada.say('Hello, Bob');
  await bob.shows('Hello, Bob');
  await ada.shows('Hello, Bob');
  const seen = { ada: await ada.said(), bob: await bob.said(), members: await ada.members() };
  if (process.argv[4]) {
    console.error('restart');
    await new Promise((done) => process.stdin.once('data', done));
    await ada.until(`document.getElementById('state').className === 'open'`, 'the connection after a reload');
    await ada.say('back again');
    await bob.shows('back again');
  }
  await bob.close();
  await ada.until(`document.getElementById('members').textContent.startsWith('1')`, 'the end of the second member');
  seen.left = await ada.members();
  console.log(JSON.stringify(seen));
  process.exit(0);
})().catch((e) => (console.error(e), process.exit(1)));
