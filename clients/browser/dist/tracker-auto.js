function e(e,t){}export{e as capture};
