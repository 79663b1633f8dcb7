const { time } = await (await fetch('/api/time')).json();
document.querySelector('#time').textContent = new Date(time).toLocaleTimeString();
