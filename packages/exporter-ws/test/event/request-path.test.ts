import { expect } from 'chai';
import { requestPath, routeTemplate } from '../../dist/esm/event/request-path.js';

describe('request path', () => {
  it('is the target up to the query or fragment', () => {
    expect(requestPath('/a/b?token=s#x')).to.equal('/a/b');
    expect(requestPath('/a#x?y')).to.equal('/a');
    expect(requestPath('//evil.com/x?y')).to.equal('//evil.com/x');
    expect(requestPath('*')).to.equal('*');
    expect(requestPath('/')).to.equal('/');
  });

  it('is the path of an absolute target, without its authority', () => {
    expect(requestPath('http://user:pass@host:81/abs/x?q=1')).to.equal('/abs/x');
    expect(requestPath('HTTPS://host')).to.equal('/');
    expect(requestPath('http://host?q')).to.equal('/');
  });

  it('is nothing for what is no target', () => {
    for (const target of ['[object Object]', '', 'abc', 'javascript:alert(1)', '?x=1']) {
      expect(requestPath(target), target).to.equal(undefined);
    }
  });
});

describe('route template', () => {
  it('has no query with a value, and neither host nor password of a URL', () => {
    expect(routeTemplate('/users/:id?token=s')).to.equal('/users/:id');
    expect(routeTemplate('/users?flag&token=s&more')).to.equal('/users');
    expect(routeTemplate('/users?filter[name]=s\nt')).to.equal('/users');
    expect(routeTemplate('https://user:pass@host/users/:id?a=1')).to.equal('/users/:id');
  });

  it('is as it was where a question mark is a part of it', () => {
    for (const route of [
      '/users/:id?',
      '/ab?cd',
      '/:year?/:month?',
      '/^\\/x(?=y)(?<id>=\\d+)/',
      '/a=b',
      'GET /x://y',
    ])
      expect(routeTemplate(route), route).to.equal(route);
  });
});
